# What a machine must have before anything is downloaded, each with the line that installs it.

declare -A install_line=(
  [java]='apt-get install -y openjdk-17-jre-headless      # or https://adoptium.net, version 17 or newer'
  [mvn]='apt-get install -y maven'
  [go]='https://go.dev/dl, version 1.24 or newer          # or apt-get install -y golang, if it is new enough'
  [python3.11]='apt-get install -y python3.11 python3.11-venv     # or pyenv install 3.11'
  [node]='apt-get install -y nodejs npm                   # version 18 or newer'
  [npm]='apt-get install -y npm'
  [curl]='apt-get install -y curl'
  [setsid]='apt-get install -y util-linux'
)
missing=()

# needs PROGRAM...: notes those that are not there, or too old.
needs() {
  local program
  for program in "$@"; do
    [[ " ${missing[*]} " == *" $program "* ]] || is_there "$program" || missing+=("$program")
  done
}

is_there() {
  case $1 in
    java) command -v java >/dev/null && [ "$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)" -ge 17 ] ;;
    go) command -v go >/dev/null && newer "$(go env GOVERSION | sed 's/^go//')" 1.24 ;;
    python3.11) python3.11 -c 'import venv' 2>/dev/null ;;
    node) command -v node >/dev/null && newer "$(node --version | tr -d v)" 18 ;;
    *) command -v "$1" >/dev/null ;;
  esac
}

# newer A B: whether version A is B or later.
newer() { [ "$(printf '%s\n%s\n' "$2" "$1" | sort -V | head -1)" = "$2" ]; }

# check NAME...: programs, disk and ports for these services; says all that is wrong at once.
check() {
  local name wrong=0
  needs curl setsid
  for name in "$@"; do "${name}_needs"; done
  for name in "${missing[@]}"; do
    say "missing: $name. Install it with: ${install_line[$name]}"
    wrong=1
  done
  local free
  free=$(df -Pk "$home" | awk 'NR == 2 {print int($4 / 1048576)}')
  [ "$free" -ge 4 ] || { say "the disk of $home has $free GiB left; the services need 4"; wrong=1; }
  for name in "$@"; do
    if ! pid_of "$name" >/dev/null && listens "${port[$name]}"; then
      say "port ${port[$name]} is taken by something else, and $name needs it"
      wrong=1
    fi
  done
  [ "$wrong" = 0 ] || fail "nothing was downloaded or started"
}
