/* Pitches by name, by string and fret, and by number. */
#include "lts/labels.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { KEYS = 128, E4 = 64, MOST_FRETS = 36, STRINGS = 6 };
static const int open_string[STRINGS] = {64, 59, 55, 50, 45, 40};

/* A whole number of at most three digits, its sign aside; what follows it. */
static const char *take_number(const char *text, int *number)
{
    const char *digits = text + (*text == '-');
    int value = 0, count = 0;
    for (; isdigit((unsigned char)digits[count]); count++)
        value = count < 3 ? 10 * value + (digits[count] - '0') : 1000;
    *number = *text == '-' ? -value : value;
    return count > 0 ? digits + count : NULL;
}

static bool parse_name(const char *text, int *key)
{
    static const int semitone[] = {9, 11, 0, 2, 4, 5, 7}; /* of A .. G */
    int octave;
    const int letter = toupper((unsigned char)*text);
    if (letter < 'A' || letter > 'G')
        return false;
    const int shift = text[1] == '#' ? 1 : text[1] == 'b' ? -1 : 0;
    const char *end = take_number(text + 1 + (shift != 0), &octave);
    *key = 12 * (octave + 1) + semitone[letter - 'A'] + shift;
    return end && !*end;
}

static bool parse_fret(const char *text, int *key)
{
    int fret;
    if (text[0] < '1' || text[0] > '0' + STRINGS || text[1] != '-' || text[2] == '-')
        return false;
    const char *end = take_number(text + 2, &fret);
    if (!end || *end || fret > MOST_FRETS)
        return false;
    *key = open_string[text[0] - '1'] + fret;
    return true;
}

static bool parse_number(const char *text, int *key)
{
    const char *end = take_number(text, key);
    return end && !*end;
}

bool lts_label_parse_key(const char *text, int *key)
{
    int found;
    if (!parse_name(text, &found) && !parse_fret(text, &found) && !parse_number(text, &found))
        return false;
    if (found < 0 || found >= KEYS)
        return false;
    *key = found;
    return true;
}

void lts_label_key_text(int key, char text[LTS_KEY_TEXT])
{
    static const char *const names[] = {"C",  "C#", "D",  "D#", "E",  "F",
                                        "F#", "G",  "G#", "A",  "A#", "B"};
    snprintf(text, LTS_KEY_TEXT, "%s%d", names[key % 12], key / 12 % 12 - 1);
}

void lts_label_fret_text(int key, char text[LTS_KEY_TEXT])
{
    text[0] = '\0';
    if (key >= E4)
        snprintf(text, LTS_KEY_TEXT, "1-%d", (key - E4) % KEYS);
}
