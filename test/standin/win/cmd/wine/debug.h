/* What Wine's cmd takes from Wine's own headers and mingw's do not have. Tracing goes nowhere. */
#define WINE_DEFAULT_DEBUG_CHANNEL(channel)
#define WINE_TRACE(...) do {} while (0)
#define WINE_FIXME(...) do {} while (0)
#define WINE_WARN(...) do {} while (0)
#define WINE_ERR(...) do {} while (0)
#define TRACE WINE_TRACE
#define ERR WINE_ERR
#define WINE_TRACE_ON(channel) 0
#define wine_dbgstr_w(text) ""
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#define ERROR_NO_WORK_DONE 235
LONG WINAPI RtlGetVersion(void *version);
