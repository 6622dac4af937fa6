/* Fetches the first bytes of a file, reads them where they are, and calls Cancel. */
#include "world.h"

static void read_start(struct world *world, char *bytes, size_t len)
{
    IBackgroundCopyFile6 *file = world_file(world);
    char name[1024];
    LPWSTR wide;
    FILE *stream;

    MUST(IBackgroundCopyFile6_GetTemporaryName(file, &wide));
    snprintf(name, sizeof name, "%ls", wide);
    stream = fopen(name, "rb");
    if (!stream || fread(bytes, 1, len, stream) != len)
        world_must(E_FAIL, "reading the temporary file");
    fclose(stream);
    CoTaskMemFree(wide);
    IBackgroundCopyFile6_Release(file);
}

int main(void)
{
    static struct world world;
    char bytes[1000];

    world_open(&world, OPENBITS_CLOCK_DEFAULT, 0);
    world_fetch_start(&world, sizeof bytes);
    read_start(&world, bytes, sizeof bytes);
    MUST(IBackgroundCopyJob_Cancel(world.job));
    return world_close(&world);
}
