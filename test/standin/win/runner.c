/* runner.exe JOBFILE: starts one command line in a given folder and environment, waits for it, and writes its full 32-bit
   exit code to JOBFILE.rc. Needed because "wine program" cuts exit codes to 8 bits and re-quotes its arguments.
   The job file is UTF-8 lines: folder, NAME=VALUE ..., an empty line, the command line. */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>

static WCHAR *read_file(const WCHAR *path)
{
    HANDLE f = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ, NULL, OPEN_EXISTING, 0, NULL);
    DWORD size, n;
    char *utf8;
    WCHAR *text;
    if (f == INVALID_HANDLE_VALUE) return NULL;
    size = GetFileSize(f, NULL);
    utf8 = malloc(size + 1);
    ReadFile(f, utf8, size, &n, NULL);
    CloseHandle(f);
    utf8[n] = 0;
    size = MultiByteToWideChar(CP_UTF8, 0, utf8, -1, NULL, 0);
    text = malloc(size * sizeof(WCHAR));
    MultiByteToWideChar(CP_UTF8, 0, utf8, -1, text, size);
    free(utf8);
    return text;
}

/* line cuts the first line off *text and returns it. */
static WCHAR *line(WCHAR **text)
{
    WCHAR *start = *text, *end = wcschr(start, '\n');
    if (end) *end = 0;
    *text = end ? end + 1 : start + wcslen(start);
    return start;
}

static WCHAR *expand(const WCHAR *text)
{
    DWORD size = ExpandEnvironmentStringsW(text, NULL, 0);
    WCHAR *out = malloc(size * sizeof(WCHAR));
    ExpandEnvironmentStringsW(text, out, size);
    return out;
}

static void report(const WCHAR *job, const char *word, DWORD code)
{
    WCHAR path[MAX_PATH];
    char text[64];
    DWORD n;
    HANDLE f;
    swprintf(path, MAX_PATH, L"%ls.rc", job);
    f = CreateFileW(path, GENERIC_WRITE, 0, NULL, CREATE_ALWAYS, 0, NULL);
    n = sprintf(text, "%s %lu\n", word, code);
    WriteFile(f, text, n, &n, NULL);
    CloseHandle(f);
}

int wmain(int argc, WCHAR **argv)
{
    STARTUPINFOW si = {0};
    PROCESS_INFORMATION pi;
    WCHAR *text, *folder, *var;
    DWORD code;
    int expanded = 0;
    if (argc != 2 || !(text = read_file(argv[1]))) return ERROR_INVALID_PARAMETER;
    folder = line(&text);
    while (*(var = line(&text))) {
        WCHAR *value = wcschr(var, '=');
        if (!value) return ERROR_INVALID_PARAMETER;
        *value++ = 0;
        if (!wcscmp(var, L"STANDIN_EXPAND")) expanded = 1; /* as Task Scheduler and Setup do; cmd does it by itself */
        else SetEnvironmentVariableW(var, value);
    }
    if (expanded) {
        folder = expand(folder);
        text = expand(text);
    }
    si.cb = sizeof si;
    si.dwFlags = STARTF_USESTDHANDLES;
    si.hStdInput = GetStdHandle(STD_INPUT_HANDLE);
    si.hStdOutput = GetStdHandle(STD_OUTPUT_HANDLE);
    si.hStdError = GetStdHandle(STD_ERROR_HANDLE);
    if (!CreateProcessW(NULL, text, NULL, NULL, TRUE, 0, NULL, *folder ? folder : NULL, &si, &pi)) {
        report(argv[1], "error", GetLastError());
        return 1;
    }
    WaitForSingleObject(pi.hProcess, INFINITE);
    GetExitCodeProcess(pi.hProcess, &code);
    report(argv[1], "exit", code);
    return 0;
}
