/* A call from a Windows program to the stand-in's daemon, which listens on the guest's loopback.
   The request is five fields (name, raw arguments, working directory, kind of stdin, job), each a 32-bit little-endian
   length and UTF-8. The answer is frames: one byte of kind, a 32-bit length, data. Kinds: 'o' stdout, 'e' stderr,
   'i' send me your stdin (in frames of a length and data, an empty one last), 'x' the exit code as four bytes. */
#ifndef CALL_H
#define CALL_H
#include <winsock2.h>
#include <windows.h>
#include <stdlib.h>

#define DAEMON_PORT 2107
#define CALL_FAILED 0xC0000142u /* STATUS_DLL_INIT_FAILED: no tool of Windows returns it in earnest */

static int send_all(SOCKET s, const char *data, int size)
{
    while (size > 0) {
        int n = send(s, data, size, 0);
        if (n <= 0) return 0;
        data += n;
        size -= n;
    }
    return 1;
}

static int receive_all(SOCKET s, char *data, int size)
{
    while (size > 0) {
        int n = recv(s, data, size, 0);
        if (n <= 0) return 0;
        data += n;
        size -= n;
    }
    return 1;
}

static int send_field(SOCKET s, const WCHAR *text)
{
    DWORD size = WideCharToMultiByte(CP_UTF8, 0, text, -1, NULL, 0, NULL, NULL) - 1;
    char *utf8 = malloc(size + 1);
    int ok;
    WideCharToMultiByte(CP_UTF8, 0, text, -1, utf8, size + 1, NULL, NULL);
    ok = send_all(s, (char *)&size, 4) && send_all(s, utf8, size);
    free(utf8);
    return ok;
}

static const WCHAR *stdin_kind(void)
{
    HANDLE in = GetStdHandle(STD_INPUT_HANDLE);
    DWORD mode;
    switch (GetFileType(in)) {
    case FILE_TYPE_DISK: return L"file";
    case FILE_TYPE_PIPE: return L"pipe";
    case FILE_TYPE_CHAR: return GetConsoleMode(in, &mode) ? L"console" : L"nul";
    default: return L"none";
    }
}

static int send_stdin(SOCKET s)
{
    char data[8192];
    DWORD size;
    while (ReadFile(GetStdHandle(STD_INPUT_HANDLE), data, sizeof data, &size, NULL) && size > 0)
        if (!send_all(s, (char *)&size, 4) || !send_all(s, data, size)) return 0;
    size = 0;
    return send_all(s, (char *)&size, 4);
}

static int copy_out(SOCKET s, DWORD size, DWORD handle)
{
    char data[8192];
    DWORD written;
    while (size > 0) {
        int n = size < sizeof data ? (int)size : (int)sizeof data;
        if (!receive_all(s, data, n)) return 0;
        WriteFile(GetStdHandle(handle), data, n, &written, NULL);
        size -= n;
    }
    return 1;
}

static SOCKET dial(void)
{
    struct sockaddr_in to = {0};
    WSADATA data;
    SOCKET s;
    if (WSAStartup(MAKEWORD(2, 2), &data)) return INVALID_SOCKET;
    to.sin_family = AF_INET;
    to.sin_port = htons(DAEMON_PORT);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (s == INVALID_SOCKET || connect(s, (struct sockaddr *)&to, sizeof to)) return INVALID_SOCKET;
    return s;
}

/* call sends one request and serves the answer; it returns the exit code that the daemon decided. */
static DWORD call(const WCHAR *name, const WCHAR *args)
{
    WCHAR cwd[1024] = L"", job[64] = L"";
    SOCKET s = dial();
    char kind;
    DWORD size, code;
    if (s == INVALID_SOCKET) return CALL_FAILED;
    GetCurrentDirectoryW(1024, cwd);
    GetEnvironmentVariableW(L"STANDIN_JOB", job, 64);
    if (!send_field(s, name) || !send_field(s, args) || !send_field(s, cwd) ||
        !send_field(s, stdin_kind()) || !send_field(s, job)) return CALL_FAILED;
    while (receive_all(s, &kind, 1) && receive_all(s, (char *)&size, 4)) {
        int ok = 0;
        switch (kind) {
        case 'o': ok = copy_out(s, size, STD_OUTPUT_HANDLE); break;
        case 'e': ok = copy_out(s, size, STD_ERROR_HANDLE); break;
        case 'i': ok = send_stdin(s); break;
        case 'x': return size == 4 && receive_all(s, (char *)&code, 4) ? code : CALL_FAILED;
        }
        if (!ok) break;
    }
    return CALL_FAILED;
}

/* arguments returns the raw command line after the program's own name. */
static inline WCHAR *arguments(void)
{
    WCHAR *p = GetCommandLineW();
    int quoted = 0;
    for (; *p && (quoted || (*p != ' ' && *p != '\t')); p++)
        if (*p == '"') quoted = !quoted;
    while (*p == ' ' || *p == '\t') p++;
    return p;
}
#endif
