/* Stands for dotNetFx40_Full_x86_x64.exe: the switches, the registry values and the time of the real installer, not its files. */
#include "call.h"
#include <stdio.h>
#include <shellapi.h>

#define ERROR_INSTALL_FAILURE_ 1603

static int put(const WCHAR *value, DWORD type, const void *data, DWORD size)
{
    static const WCHAR key[] = L"SOFTWARE\\Microsoft\\NET Framework Setup\\NDP\\v4\\Full";
    HKEY k;
    LSTATUS rc = RegCreateKeyExW(HKEY_LOCAL_MACHINE, key, 0, NULL, 0, KEY_WRITE, NULL, &k, NULL);
    if (rc) return 0;
    rc = RegSetValueExW(k, value, 0, type, data, size);
    RegCloseKey(k);
    return rc == 0;
}

static int write_log(const WCHAR *path)
{
    static const char text[] = "Final Result: Installation completed successfully with success code: (0x00000000)\r\n";
    DWORD n;
    HANDLE f = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    if (f == INVALID_HANDLE_VALUE) return 0;
    WriteFile(f, text, sizeof text - 1, &n, NULL);
    CloseHandle(f);
    return 1;
}

int wmain(int argc, WCHAR **argv)
{
    static const WCHAR version[] = L"4.0.30319", path[] = L"C:\\Windows\\Microsoft.NET\\Framework\\v4.0.30319\\";
    const WCHAR *log = NULL;
    DWORD one = 1;
    int quiet = 0, i;
    for (i = 1; i < argc; i++) {
        if (!_wcsicmp(argv[i], L"/q") || !_wcsicmp(argv[i], L"/passive")) quiet = 1;
        else if (!_wcsicmp(argv[i], L"/norestart")) continue;
        else if (!_wcsicmp(argv[i], L"/log") && i + 1 < argc) log = argv[++i];
        else {
            fwprintf(stderr, L"dotNetFx40: unknown switch %ls\n", argv[i]);
            return ERROR_INSTALL_FAILURE_;
        }
    }
    if (!quiet) call(L"messagebox", L"Microsoft .NET Framework 4 Setup: I have read and accept the license terms. [Install] [Cancel]");
    Sleep(1500);
    if (!put(L"Install", REG_DWORD, &one, sizeof one) || !put(L"Version", REG_SZ, version, sizeof version) ||
        !put(L"InstallPath", REG_SZ, path, sizeof path) || (log && !write_log(log))) return ERROR_INSTALL_FAILURE_;
    return 0;
}
