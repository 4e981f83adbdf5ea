/* NumPy Enhancement Proposal 1: "\x93NUMPY", version, length, and a Python dictionary in plain
 * text: {'descr': '<f4', 'fortran_order': False, 'shape': (7, 5), }. */
#include "formats/npy/npy_dictionary.h"

#include "formats/bytes.h"

static lts_status fill_header(const npy_cursor *c, const npy_fields *f, npy_header *header)
{
    const char *descr = f->descr, *type = descr + (descr[0] != '\0');
    const char kind = header->integers ? 'i' : 'f';
    header->big_endian = descr[0] == '>' || (descr[0] == '=' && !host_is_little_endian());
    header->fortran = f->fortran;
    header->rows = f->rank > 1 ? f->shape[0] : 1;
    header->channels = f->rank == 3 && header->sounds ? f->shape[1] : 1;
    header->columns = f->shape[f->rank - 1];
    if (f->rank == 3 && f->shape[1] > 0 && header->columns > SIZE_MAX / f->shape[1])
        return lts_fail(c->err, LTS_ERR_FORMAT, "%s: header: 'shape' is larger than any file",
                        c->path);
    if (f->rank == 3 && !header->sounds)
        header->columns *= f->shape[1];
    header->data = c->end;
    header->item = strcmp(type + (type[0] != '\0'), "8") == 0 ? 8 : 4;
    if (!descr[0] || !strchr("<>=", descr[0]) || type[0] != kind ||
        strcmp(type + 1, header->item == 8 ? "8" : "4") != 0)
        return lts_fail(c->err, LTS_ERR_FORMAT,
                        "%s: header: 'descr' is '%s', expected '<%c4' or '<%c8': "
                        "save array.astype('%s32')",
                        c->path, descr, kind, kind, header->integers ? "int" : "float");
    if (header->columns == 0)
        return lts_fail(c->err, LTS_ERR_FORMAT, "%s: header: 'shape' has no columns", c->path);
    if (header->channels == 0)
        return lts_fail(c->err, LTS_ERR_FORMAT, "%s: header: 'shape' has no channels", c->path);
    if (f->rank == 3 && f->fortran)
        return lts_fail(c->err, LTS_ERR_FORMAT,
                        "%s: header: three dimensions in Fortran order: save "
                        "numpy.ascontiguousarray(array)",
                        c->path);
    if (header->rows > SIZE_MAX / header->channels)
        return lts_fail(c->err, LTS_ERR_FORMAT, "%s: header: 'shape' is larger than any file",
                        c->path);
    header->rows *= header->channels;
    return LTS_OK;
}

lts_status npy_header_parse(const char *path, const file_map *map, npy_header *header,
                            lts_error *err)
{
    static const unsigned char magic[6] = {0x93, 'N', 'U', 'M', 'P', 'Y'};
    const unsigned char *bytes = map->bytes;
    if (map->size == 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 0: the file is empty", path);
    if (map->size < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 0: not a .npy file: '\\x93NUMPY' expected",
                        path);
    if (map->size < 10)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu: the file ends within its header", path,
                        map->size);
    if (bytes[6] < 1 || bytes[6] > 3 || bytes[7] != 0)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte 6: version %u.%u, expected 1.0, 2.0 or 3.0",
                        path, bytes[6], bytes[7]);
    size_t start = bytes[6] == 1 ? 10 : 12;
    uint64_t length =
        map->size < start ? UINT64_MAX : load_little(bytes + 8, bytes[6] == 1 ? 2 : 4);
    if (map->size < start || length > map->size - start)
        return lts_fail(err, LTS_ERR_FORMAT, "%s: byte %zu: the file ends within its header", path,
                        map->size);
    npy_cursor c = {.path = path,
                    .text = (const char *)bytes,
                    .at = start,
                    .end = start + (size_t)length,
                    .err = err};
    npy_fields f = {0};
    lts_status status = npy_dictionary_parse(&c, &f);
    if (status != LTS_OK)
        return status;
    status = fill_header(&c, &f, header);
    if (status != LTS_OK)
        return status;
    size_t present = (map->size - header->data) / header->item;
    if (header->rows > present / header->columns)
        return lts_fail(err, LTS_ERR_FORMAT,
                        "%s: byte %zu: the file ends within its data: 'shape' asks for %zu x %zu "
                        "numbers of %u bytes, %zu bytes follow the header",
                        path, map->size, header->rows, header->columns, header->item,
                        map->size - header->data);
    return LTS_OK;
}
