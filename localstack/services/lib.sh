# What the services share: where things lie, checks, waiting. Sourced by `localstack/up` and `localstack/down`.

services=(kafka dynamodb minio localstack)
source "$here/services/versions"

cache="${XDG_CACHE_HOME:-$HOME/.cache}/weir/services" # downloads, kept
home="${LOCALSTACK_HOME:-$(dirname "$here")/.weir/services}" # data, logs and process ids; emptied by `down --data`
mkdir -p "$cache" "$home"
home=$(cd "$home" && pwd)

declare -A port=([kafka]=9092 [dynamodb]=8000 [minio]=9000 [localstack]=4566)
declare -A minutes=([kafka]=1 [dynamodb]=1 [minio]=6 [localstack]=3) # of a first start, mostly downloading or building
port[kafka_controller]=9093

say() { printf '%s\n' "$*" >&2; }
fail() { say "localstack: $*"; exit 1; }

known() { [[ " ${services[*]} " == *" $1 "* ]] || fail "there is no service \`$1\`; there are: ${services[*]}"; }

# Whether something listens on a port of loopback.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The process of a service, if it is alive and still the one that was started.
pid_of() {
  local pid start
  read -r pid start 2>/dev/null <"$home/$1.pid" || return 1
  [ -n "$pid" ] && [ "$(start_of "$pid")" = "$start" ] && echo "$pid"
}

# When a process was started, in ticks since the machine was; with the number it names one process for good.
start_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | awk '{print $20}'; }

# start NAME COMMAND...: in the background, in a session of its own, its output in NAME.log.
start() {
  local name=$1
  shift
  setsid nohup "$@" >>"$home/$name.log" 2>&1 </dev/null &
  local pid=$!
  echo "$pid $(start_of "$pid")" >"$home/$name.pid"
}

# wait_until NAME SECONDS COMMAND...: until the command succeeds; fails with the log's end when the process dies.
wait_until() {
  local name=$1 left=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    pid_of "$name" >/dev/null || { tail -n 20 "$home/$name.log" >&2; fail "$name ended; its log is above and in $home/$name.log"; }
    left=$((left - 1))
    [ "$left" -gt 0 ] || { tail -n 20 "$home/$name.log" >&2; fail "$name does not answer; its log is above and in $home/$name.log"; }
    sleep 1
  done
}

# installed NAME VERSION: whether the cache holds it whole; `installed_is` says so at the end of an installation.
installed() { [ "$(cat "$cache/$1/version" 2>/dev/null)" = "$2" ]; }
installed_is() { echo "$2" >"$cache/$1/version"; }

# maven NAME FOLDER COORDINATES...: a library with everything it needs, as jars in one folder.
maven() {
  local folder=$1 pom
  shift
  pom="$folder/pom.xml"
  mkdir -p "$folder"
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo '<groupId>weir</groupId><artifactId>services</artifactId><version>1</version><packaging>pom</packaging><dependencies>'
    local group artifact version
    for coordinate in "$@"; do
      IFS=: read -r group artifact version <<<"$coordinate"
      echo "<dependency><groupId>$group</groupId><artifactId>$artifact</artifactId><version>$version</version></dependency>"
    done
    echo '</dependencies></project>'
  } >"$pom"
  mvn -q -B -f "$pom" "org.apache.maven.plugins:maven-dependency-plugin:$MAVEN_DEPENDENCY_PLUGIN:copy-dependencies" \
    -DoutputDirectory="$folder/lib"
}
