#!/bin/sh
# Chromium without the two pages of its own that each new window makes for the address bar: half of what opening one takes.
# Of several such flags it heeds the last, so these names join Playwright's.
for flag in "$@"; do
    case $flag in --disable-features=*) flag=$flag,WebUIOmniboxPopup,WebUIOmniboxAimPopup ;; esac
    set -- "$@" "$flag"
    shift
done
exec chromium "$@"
