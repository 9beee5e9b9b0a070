/* Stands in C:\windows\system32 under the name of each Windows tool that Wine lacks or only pretends to have. The work
   is done by the daemon; this program carries its own name and raw command line there and the answer back. */
#include "call.h"

int wmain(void)
{
    WCHAR path[MAX_PATH], *name, *dot;
    GetModuleFileNameW(NULL, path, MAX_PATH);
    name = wcsrchr(path, '\\');
    name = name ? name + 1 : path;
    if ((dot = wcsrchr(name, '.'))) *dot = 0;
    for (dot = name; *dot; dot++) /* not CharLowerW: to load user32 would double the time this program takes to start */
        if (*dot >= 'A' && *dot <= 'Z') *dot += 'a' - 'A';
    return call(name, arguments());
}
