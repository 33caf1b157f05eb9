#!/bin/sh
# Re-creates static/vendor/design-tokens.css from the npm package it was copied from.
#
#   scripts/vendor_tokens.sh            fetch, copy, and print the checksums
#   scripts/vendor_tokens.sh --check    fetch, and fail when the copy kept here differs
#
# Needs npm for fetching only; nothing of the project is built with Node.
# To move to another version: change VERSION, run it, and put the printed lines into static/vendor/README.md.
set -eu

PACKAGE=@digital-go-jp/design-tokens
VERSION=1.1.9

root=$(cd "$(dirname "$0")/.." && pwd)
vendor="$root/static/vendor"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

(cd "$work" && npm pack --silent "$PACKAGE@$VERSION" >/dev/null && tar -xzf ./*.tgz)

if [ "${1:-}" = "--check" ]; then
    cmp "$work/package/dist/tokens.css" "$vendor/design-tokens.css"
    cmp "$work/package/LICENSE" "$vendor/design-tokens.LICENSE"
    echo "static/vendor/design-tokens.css is $PACKAGE $VERSION"
    exit 0
fi

cp "$work/package/dist/tokens.css" "$vendor/design-tokens.css"
cp "$work/package/LICENSE" "$vendor/design-tokens.LICENSE"
cd "$vendor" && sha256sum design-tokens.css design-tokens.LICENSE
