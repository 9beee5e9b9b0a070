/* Stands for InstallerAnalyzer1_Guest.exe, the GuestAgent: the same arguments, the same needs at the start, and the same
   first frame on the wire. Real agents block in a message box when they start wrongly; so does this one. */
#include "call.h"
#include <iphlpapi.h>
#include <stdio.h>
#include <ws2tcpip.h>

#define RETRY_CONNECT 5000
#define RETRY_IDLE 10000

static int fatal(const WCHAR *why)
{
    WCHAR text[512];
    swprintf(text, 512, L"UNHANDLED ERROR OCCURRED: %ls", why);
    call(L"messagebox", text);
    return 1;
}

/* mac writes the address of the first network card that is up, as the agent does; empty if there is none. */
static void mac(char *out)
{
    ULONG size = 32768;
    IP_ADAPTER_ADDRESSES *a, *list = malloc(size);
    out[0] = 0;
    if (GetAdaptersAddresses(AF_UNSPEC, 0, NULL, list, &size) == ERROR_SUCCESS) {
        for (a = list; a; a = a->Next) {
            const BYTE *p = a->PhysicalAddress;
            if (a->OperStatus != IfOperStatusUp || a->IfType == IF_TYPE_SOFTWARE_LOOPBACK || a->PhysicalAddressLength != 6) continue;
            sprintf(out, "%02X:%02X:%02X:%02X:%02X:%02X", p[0], p[1], p[2], p[3], p[4], p[5]);
            break;
        }
    }
    free(list);
}

static int send_frame(SOCKET s, const char *json)
{
    DWORD size = htonl((DWORD)strlen(json));
    return send_all(s, (char *)&size, 4) && send_all(s, json, (int)strlen(json));
}

static int receive_frame(SOCKET s)
{
    DWORD size;
    char *data;
    int ok;
    if (!receive_all(s, (char *)&size, 4) || (size = ntohl(size)) > 1 << 20) return 0;
    data = malloc(size + 1);
    ok = receive_all(s, data, size);
    free(data);
    return ok;
}

static SOCKET connect_to(const WCHAR *host, const WCHAR *port)
{
    ADDRINFOW want = {0}, *found;
    SOCKET s;
    want.ai_family = AF_INET;
    want.ai_socktype = SOCK_STREAM;
    if (GetAddrInfoW(host, port, &want, &found)) return INVALID_SOCKET;
    s = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(s, found->ai_addr, (int)found->ai_addrlen)) {
        closesocket(s);
        s = INVALID_SOCKET;
    }
    FreeAddrInfoW(found);
    return s;
}

/* serve asks for work until the controller hangs up. */
static void serve(SOCKET s, const char *work)
{
    while (send_frame(s, work) && receive_frame(s)) Sleep(RETRY_IDLE);
}

int wmain(int argc, WCHAR **argv)
{
    char address[18], work[96];
    WCHAR title[512];
    WSADATA data;
    int port;
    if (argc != 3) return fatal(L"expected exactly two arguments: host and port");
    port = _wtoi(argv[2]);
    if (port < 1 || port > 65535) return fatal(L"the second argument is not a port between 1 and 65535");
    if (GetFileAttributesW(L"Injector.exe") == INVALID_FILE_ATTRIBUTES) return fatal(L"Injector.exe was not found in the working directory");
    WSAStartup(MAKEWORD(2, 2), &data);
    mac(address);
    sprintf(work, "{\"command\":\"GET_WORK\",\"mac\":\"%s\"}", address);
    swprintf(title, 512, L"Guest Agent: host controller %ls port %ls", argv[1], argv[2]);
    call(L"window", title);
    for (;;) {
        SOCKET s = connect_to(argv[1], argv[2]);
        if (s != INVALID_SOCKET) {
            serve(s, work);
            closesocket(s);
        }
        Sleep(RETRY_CONNECT);
    }
}
