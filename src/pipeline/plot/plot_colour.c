#include "pipeline/plot/plot_figure.h"

#include <math.h>

unsigned plot_colour(size_t index)
{
    static const unsigned colour[] = {0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7,
                                      0xe69f00, 0x56b4e9, 0x000000, 0xb8a800};
    return colour[index % (sizeof colour / sizeof *colour)];
}

unsigned plot_group_colour(size_t index)
{
    static const unsigned colour[PLOT_GROUPS + 1] = {
        0x332288, 0xcc6677, 0x117733, 0xddcc77, 0x88ccee, 0x882255, 0x44aa99,
        0x999933, 0xaa4499, 0x2266ff, 0xff66ff, 0x00ee00, 0x9900ff, 0x224433,
        0x9988ff, 0x556688, 0x995500, 0xff8800, 0xaaaaaa};
    return colour[index <= PLOT_GROUPS ? index : PLOT_GROUPS];
}

int plot_group_shape(size_t index)
{
    enum { DISC = 7, TRIANGLE = 9, MUTED = 9 };
    return index >= MUTED && index < PLOT_GROUPS ? TRIANGLE : DISC;
}

/* Oklab (Ottosson 2020) to linear sRGB. */
static void oklab_to_linear(double lightness, double a, double b, double rgb[3])
{
    double l = pow(lightness + 0.3963377774 * a + 0.2158037573 * b, 3);
    double m = pow(lightness - 0.1055613458 * a - 0.0638541728 * b, 3);
    double s = pow(lightness - 0.0894841775 * a - 1.2914855480 * b, 3);
    rgb[0] = 4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s;
    rgb[1] = -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s;
    rgb[2] = -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s;
}

static bool is_displayable(const double rgb[3])
{
    for (int c = 0; c < 3; c++)
        if (!(rgb[c] >= 0 && rgb[c] <= 1))
            return false;
    return true;
}

/* Lightness rises evenly from near black to near white, so that equal differences look equal and
 * survive in grey; the hue turns evenly from blue by magenta to yellow, as vivid as a screen
 * shows. */
unsigned plot_ramp(double x)
{
    double lightness = 0.13 + 0.84 * x, hue = (280 + 185 * x) * M_PI / 180;
    double vivid = 0.165 * pow(sin(M_PI * (0.08 + 0.82 * x)), 0.7), low = 0, rgb[3];
    oklab_to_linear(lightness, vivid * cos(hue), vivid * sin(hue), rgb);
    if (is_displayable(rgb))
        low = vivid;
    for (int step = 0; low < vivid && step < 30; step++) {
        double middle = 0.5 * (low + vivid);
        oklab_to_linear(lightness, middle * cos(hue), middle * sin(hue), rgb);
        if (is_displayable(rgb))
            low = middle;
        else
            vivid = middle;
    }
    oklab_to_linear(lightness, low * cos(hue), low * sin(hue), rgb);
    unsigned colour = 0;
    for (int c = 0; c < 3; c++) {
        double linear = fmin(fmax(rgb[c], 0), 1);
        double coded = linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
        colour = colour << 8 | (unsigned)(255 * coded + 0.5);
    }
    return colour;
}

void plot_palette(FILE *script, double low, double high)
{
    enum { STOPS = 64 };
    fprintf(script, "set palette maxcolors 0\nset palette defined (");
    for (int i = 0; i <= STOPS; i++)
        fprintf(script, "%s%d '#%06x'", i ? ", " : "", i,
                plot_ramp(low + (high - low) * i / STOPS));
    fprintf(script, ")\n");
}
