# iso.sh: the stand-in's own programs, and the ISO.
# shellcheck source=functions.sh
. "$(dirname "$0")/functions.sh"
echo todo; exit 1
