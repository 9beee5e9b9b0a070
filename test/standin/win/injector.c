/* Stands for the GuestAgent's Injector.exe, which the agent only looks for. Run by hand it refuses. */
#include <stdio.h>

int main(void)
{
    fprintf(stderr, "Injector: start it from the agent\n");
    return 1;
}
