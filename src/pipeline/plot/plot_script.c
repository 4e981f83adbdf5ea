#include "pipeline/plot/plot_figure.h"

#include <math.h>
#include <string.h>

/* Bytes of the UTF-8 letter at `text`, 0 when it is none (RFC 3629). */
static size_t letter_bytes(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    size_t bytes = c[0] < 0x80 ? 1 : c[0] >= 0xf0 ? 4 : c[0] >= 0xe0 ? 3 : 2;
    if (c[0] >= 0x80 && (c[0] < 0xc2 || c[0] > 0xf4))
        return 0;
    for (size_t i = 1; i < bytes; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
        (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
        return 0;
    return bytes;
}

/* Writes the letter at `text` and returns how many bytes it took. */
static size_t put_letter(FILE *script, const char *text)
{
    size_t bytes = letter_bytes(text);
    unsigned char first = (unsigned char)*text;
    if (bytes == 0 || first < 0x20 || first == 0x7f) {
        fputc(bytes == 0 ? '?' : ' ', script);
        return 1;
    }
    if (*text == '\'')
        fputc('\'', script);
    fwrite(text, 1, bytes, script);
    return bytes;
}

static size_t skip_letter(const char *text)
{
    size_t bytes = letter_bytes(text);
    return bytes ? bytes : 1;
}

void plot_label(FILE *script, const char *before, const char *text, size_t longest)
{
    size_t letters = 0;
    for (const char *c = text; *c; c += skip_letter(c))
        letters++;
    size_t head = letters, tail = 0;
    if (letters > longest) {
        tail = (longest - 1) / 2;
        head = longest - 1 - tail;
    }
    fputc('\'', script);
    for (const char *c = before; *c;)
        c += put_letter(script, c);
    size_t at = 0;
    for (const char *c = text; *c; at++) {
        if (at == head && head < letters)
            fputs("\xe2\x80\xa6", script);
        if (at < head || at >= letters - tail)
            c += put_letter(script, c);
        else
            c += skip_letter(c);
    }
    fputc('\'', script);
}

void plot_quoted(FILE *script, const char *text)
{
    plot_label(script, "", text, SIZE_MAX);
}

void plot_place(plot_figure *figure, plot_box box)
{
    fprintf(figure->script,
            "set lmargin at screen %.5f\nset rmargin at screen %.5f\n"
            "set bmargin at screen %.5f\nset tmargin at screen %.5f\n",
            box.left, box.right, box.bottom, box.top);
}

void plot_font(plot_figure *figure, double scale)
{
    fprintf(figure->script, " font ',%.3g'\n", scale * figure->font);
}

void plot_upright(plot_figure *figure, int tag, const char *text, double x, double y)
{
    fprintf(figure->script, "set label %d ", tag);
    plot_quoted(figure->script, text);
    fprintf(figure->script, " at screen %.5f,%.5f center rotate by 90\n", x, y);
}

double plot_step(double range, int most)
{
    double least = range / most;
    if (!(least > 0))
        return 1;
    double power = pow(10, floor(log10(least)));
    const double steps[] = {1, 2, 5, 10};
    for (int i = 0; i < 4; i++)
        if (steps[i] * power >= least * (1 - 1e-9))
            return steps[i] * power;
    return 10 * power;
}
