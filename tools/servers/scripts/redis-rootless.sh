#!/bin/bash
# Unpacks a Valkey or Redis server from the distribution's own packages, without root and without installing anything:
# apt with state folders of its own downloads the packages and verifies their signatures, dpkg -x unpacks them.
# Prints the path of the program to run.
#
#   redis-rootless.sh CACHE_FOLDER valkey|redis
#
#   valkey  Valkey 8 from the release itself or its backports; has WAITAOF
#   redis   the release's Redis (7.0 on Debian 12)
#
# The mirror is whatever the machine's own apt sources name.
set -euo pipefail
unset http https

cache=$1
wanted=$2
case $wanted in
  valkey) package=valkey-tools ;;
  redis) package=redis-tools ;;
  *) echo "the second argument is valkey or redis, not $wanted" >&2; exit 2 ;;
esac

. /etc/os-release
suite=${VERSION_CODENAME:?this release of the distribution has no code name}
target=$cache/$wanted-$suite-$(dpkg --print-architecture)

if [ ! -x "$target/run" ]; then
  mkdir -p "$cache"
  # Beside the target, so that the last step is one rename: another process sees the whole server or none.
  work=$(mktemp -d "$cache/.unpacking.XXXXXX")
  trap 'rm -rf "$work"' EXIT
  mkdir -p "$work"/{state/lists/partial,cache/archives/partial,etc/apt.conf.d,etc/preferences.d,packages,root,out/bin,out/lib}

  # The machine's own main sources, and for Valkey the backports that hold it on Debian 12.
  key=/usr/share/keyrings/debian-archive-keyring.gpg
  [ "$ID" = ubuntu ] && key=/usr/share/keyrings/ubuntu-archive-keyring.gpg
  components='main'
  [ "$ID" = ubuntu ] && components='main universe'
  apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
    while read -r uri release component; do
      [ "$component" = main ] || continue
      echo "deb [signed-by=$key] $uri $release $components"
      if [ "$ID" = debian ] && [ "$wanted" = valkey ] && [ "$release" = "$suite" ]; then
        echo "deb [signed-by=$key] $uri $suite-backports $components"
      fi
    done | sort -u > "$work/sources.list"

  apt=(apt-get -qq
    -o Dir::State="$work/state" -o Dir::Cache="$work/cache" -o Dir::State::status=/var/lib/dpkg/status
    -o Dir::Etc::sourcelist="$work/sources.list" -o Dir::Etc::sourceparts=/dev/null
    -o Dir::Etc::parts="$work/etc/apt.conf.d" -o Dir::Etc::preferencesparts="$work/etc/preferences.d"
    -o APT::Update::Error-Mode=any -o Acquire::Languages=none -o APT::Sandbox::User="$(id -un)" -o Debug::NoLocking=1)
  # Configuration of the machine is left out (its hooks write where we may not), but for the way to the network.
  eval "$(apt-config shell http Acquire::http::Proxy https Acquire::https::Proxy)"
  apt+=(${http:+-o Acquire::http::Proxy="$http"} ${https:+-o Acquire::https::Proxy="$https"})
  "${apt[@]}" update >&2
  # Libraries differ from release to release: ask for those that this one knows.
  libraries=()
  for library in libjemalloc2 liblzf1 libatomic1 libssl3 libssl3t64; do
    if apt-cache "${apt[@]:2}" show "$library" > /dev/null 2>&1; then libraries+=("$library"); fi
  done
  (cd "$work/packages" && "${apt[@]}" download "$package" "${libraries[@]}" >&2)
  for package_file in "$work"/packages/*.deb; do dpkg -x "$package_file" "$work/root"; done

  # The server is the same file as check-rdb, which the tools package holds; it acts by the name it is called by.
  cp -a "$(ls "$work"/root/usr/bin/*-check-rdb | head -n 1)" "$work/out/bin/redis-server"
  cp -a "$work"/root/usr/lib/"$(uname -m)"-linux-gnu/*.so* "$work/out/lib/"
  cat > "$work/out/run" <<'RUN'
#!/bin/sh
here=$(dirname "$(readlink -f "$0")")
exec env LD_LIBRARY_PATH="$here/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" "$here/bin/redis-server" "$@"
RUN
  chmod +x "$work/out/run"
  "$work/out/run" --version >&2

  # -T: into place or not at all. It fails when another process was first, and then that one's is used.
  mv -T "$work/out" "$target" 2> /dev/null || [ -x "$target/run" ]
fi
echo "$target/run"
