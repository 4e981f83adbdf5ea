/* Any bytes as a MIDI stream: what comes out is within its ranges, and written again as bytes of
 * its own it reads as the same. */
#include "engine/midi/midi.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_ranges(const midi_event *e)
{
    const bool bend = e->kind == MIDI_BEND;
    if (e->channel < 0 || e->channel > 15 || e->number < 0 || e->number > 127)
        abort();
    if (e->value < (bend ? -8192 : 0) || e->value > (bend ? 8191 : 127))
        abort();
    if (e->kind == MIDI_NOTE_ON && e->value == 0)
        abort();
}

static void check_again(const midi_event *e)
{
    static const uint8_t status[] = {0x80, 0x90, 0xb0, 0xe0};
    const int bend = e->value + 8192;
    const uint8_t again[3] = {
        (uint8_t)(status[e->kind] | e->channel),
        (uint8_t)(e->kind == MIDI_BEND ? bend & 127 : e->number),
        (uint8_t)(e->kind == MIDI_BEND ? bend >> 7 : e->value),
    };
    midi_parser parser = {0};
    midi_event same;
    if (midi_parse(&parser, again[0], &same) || midi_parse(&parser, again[1], &same) ||
        !midi_parse(&parser, again[2], &same))
        abort();
    if (same.kind != e->kind || same.channel != e->channel || same.number != e->number ||
        same.value != e->value)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    midi_parser parser = {0};
    midi_event event;
    for (size_t i = 0; i < size; i++)
        if (midi_parse(&parser, bytes[i], &event)) {
            check_ranges(&event);
            check_again(&event);
        }
    return 0;
}
