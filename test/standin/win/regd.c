/* regd.exe: the daemon's hand in Wine's live registry. Reads requests from stdin and answers each with one line on stdout.
     get KEY NAME             ok TYPE DATA | none
     set KEY NAME TYPE DATA   ok
     delete KEY NAME          ok | none
   The fields are UTF-8 and separated by tabs; KEY begins with HKLM\ or HKCU\; TYPE is sz, expand or dword (DATA decimal). */
#include <windows.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_LINE 16384

static WCHAR *wide(const char *utf8)
{
    static WCHAR slots[4][MAX_LINE];
    static int next;
    WCHAR *out = slots[next++ % 4];
    MultiByteToWideChar(CP_UTF8, 0, utf8, -1, out, MAX_LINE);
    return out;
}

static LSTATUS open_key(const char *key, REGSAM access, int create, HKEY *out)
{
    HKEY root = !strncmp(key, "HKLM\\", 5) ? HKEY_LOCAL_MACHINE : !strncmp(key, "HKCU\\", 5) ? HKEY_CURRENT_USER : NULL;
    if (!root) return ERROR_BADKEY;
    if (create) return RegCreateKeyExW(root, wide(key + 5), 0, NULL, 0, access, NULL, out, NULL);
    return RegOpenKeyExW(root, wide(key + 5), 0, access, out);
}

static LSTATUS get(const char *key, const char *name)
{
    static WCHAR data[MAX_LINE];
    static char utf8[3 * MAX_LINE];
    DWORD type, number, size = sizeof data - sizeof(WCHAR);
    HKEY k;
    LSTATUS rc = open_key(key, KEY_READ, 0, &k);
    if (rc) return rc;
    memset(data, 0, sizeof data);
    rc = RegQueryValueExW(k, wide(name), NULL, &type, (BYTE *)data, &size);
    RegCloseKey(k);
    if (rc) return rc;
    memcpy(&number, data, sizeof number);
    if (type == REG_DWORD) printf("ok\tdword\t%lu\n", number);
    else if (type == REG_SZ || type == REG_EXPAND_SZ) {
        WideCharToMultiByte(CP_UTF8, 0, data, -1, utf8, sizeof utf8, NULL, NULL);
        printf("ok\t%s\t%s\n", type == REG_SZ ? "sz" : "expand", utf8);
    } else return ERROR_UNSUPPORTED_TYPE;
    return 0;
}

static LSTATUS set(const char *key, const char *name, const char *type, const char *text)
{
    DWORD number = strtoul(text, NULL, 10);
    WCHAR *data = wide(text);
    HKEY k;
    LSTATUS rc = open_key(key, KEY_WRITE, 1, &k);
    if (rc) return rc;
    if (!strcmp(type, "dword")) rc = RegSetValueExW(k, wide(name), 0, REG_DWORD, (BYTE *)&number, sizeof number);
    else rc = RegSetValueExW(k, wide(name), 0, strcmp(type, "expand") ? REG_SZ : REG_EXPAND_SZ, (BYTE *)data, (wcslen(data) + 1) * sizeof(WCHAR));
    RegCloseKey(k);
    if (!rc) printf("ok\n");
    return rc;
}

static LSTATUS delete(const char *key, const char *name)
{
    HKEY k;
    LSTATUS rc = open_key(key, KEY_WRITE, 0, &k);
    if (rc) return rc;
    rc = RegDeleteValueW(k, wide(name));
    RegCloseKey(k);
    if (!rc) printf("ok\n");
    return rc;
}

int main(void)
{
    static char text[MAX_LINE];
    while (fgets(text, sizeof text, stdin)) {
        char *field[5] = {text, "", "", "", ""};
        LSTATUS rc = ERROR_INVALID_PARAMETER;
        int n = 1;
        text[strcspn(text, "\r\n")] = 0;
        for (char *p = text; n < 5 && (p = strchr(p, '\t')); n++) {
            *p++ = 0;
            field[n] = p;
        }
        if (!strcmp(field[0], "get") && n == 3) rc = get(field[1], field[2]);
        else if (!strcmp(field[0], "set") && n == 5) rc = set(field[1], field[2], field[3], field[4]);
        else if (!strcmp(field[0], "delete") && n == 3) rc = delete(field[1], field[2]);
        if (rc == ERROR_FILE_NOT_FOUND) printf("none\n");
        else if (rc) printf("error\t%ld\n", rc);
        fflush(stdout);
    }
    return 0;
}
