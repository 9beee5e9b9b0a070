/* Stands in C:\windows\system32 under the name of each Windows tool that Wine lacks or only pretends to have. The work
   is done by the daemon; this program carries its own name and raw command line there and the answer back. */
#include "call.h"

int wmain(void)
{
    WCHAR path[MAX_PATH], *name, *dot;
    DWORD code;
    GetModuleFileNameW(NULL, path, MAX_PATH);
    name = wcsrchr(path, '\\');
    name = name ? name + 1 : path;
    if ((dot = wcsrchr(name, '.'))) *dot = 0;
    CharLowerW(name);
    code = call(name, arguments());
    /* ExitProcess and not return: the C runtime would be fine, but an exit code above 0x7fffffff reads better unsigned. */
    ExitProcess(code);
}
