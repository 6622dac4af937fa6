# nginx.sh, for bash scripts to source: an nginx of the script's own.
#
#   nginx_start FOLDER [LINE]   serves FOLDER/root until nginx_stop or the script's end; LINE goes into its location
#     $nginx_url                "http://127.0.0.1:PORT"
#     FOLDER/access.log         a line a request: METHOD STATUS BODY-BYTES CONNECTION "RANGE"
#   nginx_stop                  afterwards the log is complete
#
# A master in the foreground and one worker, with everything they write in FOLDER. They inherit their socket from
# listen_exec, so they can be asked at once. Needs $builddir.

nginx_path=$(PATH=$PATH:/usr/sbin:/usr/local/sbin command -v nginx)
nginx_pid=

# Exit status 77 tells automake that the test was skipped.
nginx_or_skip() {
    [ -n "$nginx_path" ] && return
    echo "skipped: there is no nginx on this machine; install the package nginx to run $(basename "$0")"
    exit 77
}

nginx_start() {
    local folder=$1 line=${2:-} port
    mkdir -p "$folder/root" "$folder/temp"
    cat >"$folder/template" <<END
daemon off;
$([ "$(id -u)" = 0 ] && echo 'user root;')
pid $folder/pid;
error_log $folder/error.log;
worker_processes 1;
events { worker_connections 256; }
http {
    client_body_temp_path $folder/temp/body;
    proxy_temp_path $folder/temp/proxy;
    fastcgi_temp_path $folder/temp/fastcgi;
    uwsgi_temp_path $folder/temp/uwsgi;
    scgi_temp_path $folder/temp/scgi;
    log_format plain '\$request_method \$status \$body_bytes_sent \$connection "\$http_range"';
    access_log $folder/access.log plain;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 1000000;
    server {
        listen 127.0.0.1:@PORT@;
        location / { root $folder/root; $line }
    }
}
END
    : >"$folder/access.log"
    # shellcheck disable=SC2016  # the inner shell expands these
    exec {nginx_fd}< <(exec "$builddir/tests/tool/listen_exec" sh -c '
        sed "s/@PORT@/$PORT/" "$1/template" >"$1/conf" && echo "$PORT" &&
            exec "$2" -p "$1" -c "$1/conf" -e "$1/error.log" 2>"$1/stderr"' sh "$folder" "$nginx_path")
    nginx_pid=$!
    nginx_folder=$folder
    read -r port <&"$nginx_fd" || {
        echo "nginx did not start"
        exit 99
    }
    nginx_url=http://127.0.0.1:$port
}

# Returns when both processes are gone.
nginx_stop() {
    [ -n "$nginx_pid" ] || return
    kill -QUIT "$nginx_pid" 2>/dev/null
    cat <&"$nginx_fd" >/dev/null # to the end: both processes hold the pipe
    exec {nginx_fd}<&-
    nginx_pid=
    if grep -q '\[\(emerg\|alert\|crit\)\]' "$nginx_folder/error.log"; then
        echo "nginx: $(grep '\[\(emerg\|alert\|crit\)\]' "$nginx_folder/error.log" | head -3)"
        return 1
    fi
}

nginx_kill() {
    [ -n "$nginx_pid" ] && kill -TERM "$nginx_pid" 2>/dev/null && cat <&"$nginx_fd" >/dev/null
    nginx_pid=
}
