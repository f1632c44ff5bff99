#!/bin/sh
# Fills in nginx's configuration from the environment, then becomes nginx.
#
#   SITE_URL          the public address, such as https://blog.example.com; required
#   ALLOWED_HOSTS     all names the site answers to, comma-separated, if there are more
#   TLS               on: serve https with the certificate in CERTIFICATES, as soon as there is one
#   TRUSTED_PROXY     addresses or networks of a proxy in front of this one, separated by commas or spaces
#
# The rest fits the container and is changed only to run it elsewhere.
set -eu

: "${SITE_URL:=}" "${ALLOWED_HOSTS:=}" "${TLS:=off}" "${TRUSTED_PROXY:=}"
: "${WEB:=web:8000}" "${HTTP_PORT:=8080}" "${HTTPS_PORT:=8443}" "${HEALTH_PORT:=8081}"
: "${RUN:=/tmp/nginx}" "${CACHE:=/var/cache/blog}" "${FILES:=/srv/blog}" "${MIME_TYPES:=/etc/nginx/mime.types}"
: "${CERTIFICATES:=/srv/certificates}" "${CHALLENGES:=/srv/challenges}" "${LOOK_AGAIN_SECONDS:=60}"
: "${NAMES_KEPT:=5s}" "${CHANGED:=$FILES/media/.changed}" "${COUNTS_DIR:=/srv/reads}"
# Readers are counted in a file a day of UTC.
export TZ=UTC
: "${RESOLVER:=$(awk '/^nameserver/ {print $2; exit}' /etc/resolv.conf)}"
HERE=$(cd "$(dirname "$0")" && pwd)

refuse() {
    echo "The proxy cannot start. $1" >&2
    exit 1
}

# --- What the environment says ----------------------------------------------------------------------------------------

case $SITE_URL in
    http://?* | https://?*) ;;
    *) refuse "SITE_URL must look like https://blog.example.com; it is '$SITE_URL'." ;;
esac
authority=${SITE_URL#*://}
authority=${authority%%/*}
case $authority in
    \[*) host=${authority%%]*}] ;;
    *) host=${authority%%:*} ;;
esac
NAMES=""
for name in $host $(echo "$ALLOWED_HOSTS" | tr ',' ' '); do
    case $name in
        *[!A-Za-z0-9.:_\[\]-]*) refuse "SITE_URL and ALLOWED_HOSTS must hold names such as blog.example.com; one is '$name'." ;;
    esac
    NAMES="$NAMES $name"
done
case $RESOLVER in
    "") refuse "No name server was found in /etc/resolv.conf. Set RESOLVER to its address." ;;
    *:*:*) case $RESOLVER in \[*) ;; *) RESOLVER="[$RESOLVER]" ;; esac ;;
esac

# --- Filling in -------------------------------------------------------------------------------------------------------

has_certificate() {
    test -s "$CERTIFICATES/live/blog/fullchain.pem" && test -s "$CERTIFICATES/live/blog/privkey.pem"
}

is_counting() {
    test -d "$COUNTS_DIR" && test -w "$COUNTS_DIR"
}

fill_in() {
    for file in "$HERE"/*.conf; do
        sed -e "s|@RUN@|$RUN|g" -e "s|@CACHE@|$CACHE|g" -e "s|@FILES@|$FILES|g" -e "s|@PAGES@|$HERE|g" \
            -e "s|@MIME_TYPES@|$MIME_TYPES|g" -e "s|@CERTIFICATES@|$CERTIFICATES|g" -e "s|@CHALLENGES@|$CHALLENGES|g" \
            -e "s|@RESOLVER@|$RESOLVER|g" -e "s|@WEB@|$WEB|g" -e "s|@NAMES_KEPT@|$NAMES_KEPT|g" -e "s|@NAMES@|$NAMES|g" \
            -e "s|@HTTP_PORT@|$HTTP_PORT|g" -e "s|@HTTPS_PORT@|$HTTPS_PORT|g" -e "s|@HEALTH_PORT@|$HEALTH_PORT|g" \
            -e "s|@COUNTS_DIR@|$COUNTS_DIR|g" \
            "$file" >"$RUN/${file##*/}"
    done
    is_counting || sed -i '/^access_log /d' "$RUN/reads.conf"
    if test "$TLS" != on; then
        mv "$RUN/plain.conf" "$RUN/servers.conf"
    elif has_certificate; then
        mv "$RUN/tls.conf" "$RUN/servers.conf"
    else
        mv "$RUN/tls-waiting.conf" "$RUN/servers.conf"
    fi
}

mkdir -p "$RUN" "$CACHE" || refuse "$RUN and $CACHE must be writable for this user."
mkdir -p "$COUNTS_DIR" 2>/dev/null || true
is_counting || echo "Readers are not counted: $COUNTS_DIR cannot be written to." >&2
: >"$RUN/trusted-addresses.conf"
: >"$RUN/trusted-networks.conf"
for network in $(echo "$TRUSTED_PROXY" | tr ',' ' '); do
    case $network in
        *[!0-9A-Fa-f.:/]*) refuse "TRUSTED_PROXY must hold addresses such as 10.0.0.5 or 10.0.0.0/8; one is '$network'." ;;
    esac
    echo "set_real_ip_from $network;" >>"$RUN/trusted-addresses.conf"
    echo "$network 1;" >>"$RUN/trusted-networks.conf"
done
# What was kept before this start may have been taken off since.
rm -rf "$CACHE/pages"
fill_in
nginx -t -q -c "$RUN/nginx.conf" || refuse "Its configuration does not hold, see above."

# --- New certificates -------------------------------------------------------------------------------------------------

# Another container renews them. What does not hold together is left alone and looked at again.
certificate_now() {
    cat "$CERTIFICATES/live/blog/fullchain.pem" "$CERTIFICATES/live/blog/privkey.pem" 2>/dev/null | cksum
}

main=$$
if test "$TLS" = on; then
    (
        known=$(certificate_now)
        while sleep "$LOOK_AGAIN_SECONDS" && kill -0 "$main"; do
            found=$(certificate_now)
            test "$found" != "$known" || continue
            fill_in
            if nginx -t -q -c "$RUN/nginx.conf"; then
                kill -HUP "$main"
                known=$found
                echo "A new certificate is in use."
            fi
        done
    ) &
fi

# --- Kept pages -------------------------------------------------------------------------------------------------------

# The site writes something new into this file right after each change of what readers see, before it says that it is
# done. So a page that was taken off is gone from here, too, even if the site itself stops a moment later. Emptied three
# times, because an answer that was made just before may still be on its way.
what_changed() {
    { cat "$CHANGED" || true; } 2>/dev/null
}

(
    known=$(what_changed)
    times=0
    while sleep 1 && kill -0 "$main" 2>/dev/null; do
        found=$(what_changed)
        if test "$found" != "$known"; then
            known=$found
            times=3
        fi
        if test "$times" -gt 0; then
            find "$CACHE/pages" -type f -exec rm -f {} + 2>/dev/null || true
            times=$((times - 1))
        fi
    done
) &

exec nginx -c "$RUN/nginx.conf" -g "daemon off;"
