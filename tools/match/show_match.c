#include "show_match.h"

#include <stdio.h>
#include <string.h>

static double number_of(const lts_field *fields, size_t count, const char *name)
{
    const lts_field *field = cli_field(fields, count, name);
    return field ? field->number : 0;
}

static const char *text_of(const lts_field *fields, size_t count, const char *name)
{
    const lts_field *field = cli_field(fields, count, name);
    return field && field->text ? field->text : "";
}

static void show_match(cli_session *cli, const lts_field *fields, size_t count)
{
    const double evaluations = number_of(fields, count, "evaluations");
    const char *file = text_of(fields, count, "file");
    if (evaluations > 0)
        cli_print(cli, "%s: distance %.3f predicted, %.3f refined, of %.0f sounds", file,
                  number_of(fields, count, "predicted"), number_of(fields, count, "distance"),
                  evaluations);
    else
        cli_print(cli, "%s: distance %.3f", file, number_of(fields, count, "distance"));
}

static void show_curves(cli_session *cli, const lts_field *fields, size_t count)
{
    cli_print(cli, "%s: distance %.3f, %.0f windows", text_of(fields, count, "file"),
              number_of(fields, count, "distance"), number_of(fields, count, "windows"));
}

/* "sin_f    523.3 Hz   class 3 41 %, 4 20 %" */
static void show_parameter(cli_session *cli, const lts_field *fields, size_t count)
{
    char line[512];
    int length = snprintf(line, sizeof line, "  %-12s %10.5g %-3s class %2.0f %4.1f %%",
                          text_of(fields, count, "name"), number_of(fields, count, "value"),
                          text_of(fields, count, "unit"), number_of(fields, count, "class"),
                          100 * number_of(fields, count, "confidence"));
    for (int k = 2; length > 0 && (size_t)length < sizeof line; k++) {
        char class[32], confidence[32];
        snprintf(class, sizeof class, "class_%d", k);
        snprintf(confidence, sizeof confidence, "confidence_%d", k);
        if (!cli_field(fields, count, class))
            break;
        length +=
            snprintf(line + length, sizeof line - (size_t)length, ", %2.0f %4.1f %%",
                     number_of(fields, count, class), 100 * number_of(fields, count, confidence));
    }
    cli_print(cli, "%s", line);
}

static void show_evaluation(cli_session *cli, const lts_field *fields, size_t count)
{
    cli_print(cli, "%s: %.0f sounds", text_of(fields, count, "dataset"),
              number_of(fields, count, "examples"));
    cli_print(cli, "%-12s %7s %6s %6s %6s %6s %6s %7s", "", "rank %", "top 1", "2", "3", "4", "5",
              "off");
}

static void show_scores(cli_session *cli, const lts_field *fields, size_t count)
{
    char published[32] = "";
    if (cli_field(fields, count, "published_percentile_rank"))
        snprintf(published, sizeof published, "   paper %5.1f",
                 number_of(fields, count, "published_percentile_rank"));
    cli_print(cli, "%-12s %7.1f %6.1f %6.1f %6.1f %6.1f %6.1f %7.2f%s",
              text_of(fields, count, "parameter"), number_of(fields, count, "mean_percentile_rank"),
              number_of(fields, count, "top_1"), number_of(fields, count, "top_2"),
              number_of(fields, count, "top_3"), number_of(fields, count, "top_4"),
              number_of(fields, count, "top_5"), number_of(fields, count, "classes_off"),
              published);
}

static void show_resyntheses(cli_session *cli, const lts_field *fields, size_t count)
{
    cli_print(cli, "%.0f resyntheses:", number_of(fields, count, "count"));
    cli_print(cli, "  STFT correlation   %8.2f %%", number_of(fields, count, "stft_correlation"));
    cli_print(cli, "  FT correlation     %8.2f %%", number_of(fields, count, "ft_correlation"));
    cli_print(cli, "  frequency distance %8.1f dB", number_of(fields, count, "frequency_distance"));
    cli_print(cli, "  spectral distance  %8.3f predicted, %.3f in the end",
              number_of(fields, count, "predicted"), number_of(fields, count, "distance"));
}

void match_show(cli_session *cli, const char *event, const lts_field *fields, size_t count)
{
    if (strcmp(event, "match") == 0)
        show_match(cli, fields, count);
    else if (strcmp(event, "parameter") == 0)
        show_parameter(cli, fields, count);
    else if (strcmp(event, "curves") == 0)
        show_curves(cli, fields, count);
    else if (strcmp(event, "evaluation") == 0)
        show_evaluation(cli, fields, count);
    else if (strcmp(event, "scores") == 0)
        show_scores(cli, fields, count);
    else if (strcmp(event, "resyntheses") == 0)
        show_resyntheses(cli, fields, count);
}
