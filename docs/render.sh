#!/usr/bin/env bash
# render.sh: makes .web-docs, the manual as Packer's site shows it, of docs/ and of the field docs in the Go sources.
set -euo pipefail
# packer-sdc struct-markdown looks for a parent folder whose name begins with packer-plugin-, and never ends if there is
# none, so it works behind a link that is called so. It asks for the folder by $PWD, which cd sets to the link.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ln -s "$(cd "$(dirname "$0")/.." && pwd -P)" "$work/packer-plugin-guestprep"
cd "$work/packer-plugin-guestprep"
rm -rf docs-partials
go generate ./...
go tool packer-sdc renderdocs -src docs -partials docs-partials -dst "$work/docs" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }

body() { sed '1{/^---$/,/^---$/d}' "$1" | sed '/./,$!d'; } # without the front matter and the blank lines after it
rm -rf .web-docs/components .web-docs/README.md
body "$work/docs/README.md" >.web-docs/README.md
for kind in builder provisioner post-processor; do
  for page in "$work/docs/${kind}s"/*.mdx; do
    dir=.web-docs/components/$kind/$(basename "$page" .mdx)
    mkdir -p "$dir"
    body "$page" >"$dir/README.md"
  done
done
rm -rf docs-partials
