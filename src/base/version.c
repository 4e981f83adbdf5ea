#include "lts/base.h"

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)

const char *lts_version(void)
{
    return TEXT(LTS_VERSION_MAJOR) "." TEXT(LTS_VERSION_MINOR) "." TEXT(LTS_VERSION_PATCH);
}
