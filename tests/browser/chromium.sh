#!/bin/sh
# $CHROMIUM with less beside the page: the two pages of its own that each new window makes for the address bar are half of
# what opening one takes, and sound and network need no processes of their own, which take a tenth of a call.
# Of several such flags it heeds the last, so these names join Playwright's.
for flag in "$@"; do
    case $flag in
        --disable-features=*) flag=$flag,WebUIOmniboxPopup,WebUIOmniboxAimPopup,AudioServiceOutOfProcess ;;
        --enable-features=*) flag=$flag,NetworkServiceInProcess2 ;;
    esac
    set -- "$@" "$flag"
    shift
done
exec "$CHROMIUM" "$@"
