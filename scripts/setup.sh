#!/bin/sh
# Prepare this checkout: system libraries, .venv, the locked packages, the project itself.
#   scripts/setup.sh run     what `make demo` needs (the default)
#   scripts/setup.sh dev     what `make test` needs
#   scripts/setup.sh fonts   what `make fonts` needs
#   scripts/setup.sh lock    an environment for `make lock`, which makes the lists the others install
# PYTHON names the interpreter for a new .venv; REPORTGEN_SKIP_SYSTEM=1 leaves the system libraries to you.
set -eu

mode=${1:-run}
case $mode in
    run | dev | fonts | lock) ;;
    *)
        echo "usage: scripts/setup.sh [run|dev|fonts|lock]" >&2
        exit 2
        ;;
esac

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd -- "$root"

venv_python=.venv/bin/python
stamp=.venv/.reportgen-setup
# Without libharfbuzz-subset0 everything works, and one PDF takes 23 s instead of less than one.
run_packages='libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fontconfig fonts-babelstone-han fonts-hanazono'
dev_packages='poppler-utils qpdf zbar-tools softhsm2 chromium'
fonts_packages='fonts-noto-cjk fonts-lxgw-wenkai unicode-data'

say() {
    printf '%s\n' "$@" >&2
}

stop() {
    say "$@"
    exit 1
}

find_python() {
    for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3.13 python3; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            printf '%s' "$candidate"
            return
        elif [ -n "${PYTHON:-}" ]; then
            break
        fi
    done
}

# Each of the three lines of the stamp: where the environment was made, from which files and
# interpreter, and what was installed last.
stamp_line() {
    if [ -f "$stamp" ]; then sed -n "${1}p" "$stamp"; fi
}

fingerprint() {
    "$venv_python" -I -S -c '
import hashlib, pathlib, sys
files = ("pyproject.toml", "requirements.lock", "requirements-dev.lock", "scripts/setup.sh")
state = sys.version.encode() + b"".join(pathlib.Path(name).read_bytes() for name in files)
print(hashlib.sha256(state).hexdigest())'
}

environment_usable() {
    [ -x "$venv_python" ] || return 1
    "$venv_python" -c 'import pip' 2>/dev/null || return 1
    # Scripts inside an environment name its folder, so a moved one has to be made again.
    [ ! -f "$stamp" ] || [ "$(stamp_line 1)" = "$root" ]
}

environment_current() {
    environment_usable && [ -f "$stamp" ] && [ "$(stamp_line 2)" = "$(fingerprint)" ] || return 1
    [ "$mode" != dev ] || [ "$(stamp_line 3)" = dev ]
}

missing_of() {
    installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null || true)
    for package in "$@"; do
        printf '%s\n' "$installed" | grep -qxF "installed $package" || printf ' %s' "$package"
    done
}

install_system() {
    advice="sudo apt-get update && sudo apt-get install --no-install-recommends$*"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=''
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root='sudo -n'
    else
        stop "缺少系统软件包:$*" "请以管理员身份执行下列命令后重试；若已用其他方式安装，请设置 REPORTGEN_SKIP_SYSTEM=1。" \
            "System packages are missing. Run this as an administrator and try again, or set" \
            "REPORTGEN_SKIP_SYSTEM=1 if they are installed in another way:" "    $advice"
    fi
    say "正在安装系统软件包 / installing system packages:$*"
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get update -qq ||
        say "软件包列表未能更新，按现有列表继续 / the package lists could not be updated, going on with the old ones"
    # Names of packages hold no spaces: split them. Another apt may be at work on a machine just started: wait.
    # shellcheck disable=SC2068
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        -o DPkg::Lock::Timeout=120 $@ >/dev/null ||
        stop "系统软件包安装失败，请手动执行 / the system packages could not be installed, please run:" "    $advice"
}

check_system() {
    if [ "${REPORTGEN_SKIP_SYSTEM:-0}" = 1 ]; then return; fi
    wanted=$run_packages
    case $mode in
        dev) wanted="$wanted $dev_packages" ;;
        fonts) wanted="$wanted $fonts_packages" ;;
    esac
    if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
        if environment_current; then return; fi
        say "本机没有 apt，请自行安装以下 Debian 软件包的对应物，再用 reportgen doctor 核对：" \
            "No apt here: install the counterparts of these Debian packages, then check with 'reportgen doctor':" \
            "    $wanted"
        return
    fi
    # shellcheck disable=SC2086
    missing=$(missing_of $wanted)
    if [ -n "$missing" ]; then install_system "$missing"; fi
}

make_environment() {
    python=$(find_python)
    if [ -z "$python" ] && [ -z "${PYTHON:-}" ] && command -v apt-get >/dev/null; then
        install_system ' python3 python3-venv'
        python=$(find_python)
    fi
    [ -n "$python" ] || stop "需要 Python 3.11 或更新版本；可用 PYTHON=/路径/python3 指定。" \
        "Python 3.11 or newer is needed; name one with PYTHON=/path/to/python3."
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        command -v apt-get >/dev/null || stop "$python 缺少 venv 与 ensurepip 模块。" \
            "$python lacks its modules venv and ensurepip."
        install_system " python$version-venv"
    fi
    "$python" -m venv --clear .venv
}

pip_install() {
    # Modules are compiled when first imported: most of them never are.
    "$venv_python" -m pip install -qq --disable-pip-version-check --no-input --no-compile --no-deps "$@" ||
        stop "软件包安装失败，请检查网络与 pip 的设置 / packages could not be installed: check the network and pip's settings"
}

fill_environment() {
    lock=requirements.lock
    if [ "$mode" = dev ]; then lock=requirements-dev.lock; fi
    say "正在按 $lock 安装 / installing from $lock …"
    rm -f "$stamp"
    pip_install --require-hashes -r "$lock"
    pip_install --no-build-isolation --editable .
    "$venv_python" -m pip check --disable-pip-version-check >/dev/null || "$venv_python" -m pip check >&2
    done_mode=run
    if [ "$mode" = dev ]; then done_mode=dev; fi
    printf '%s\n%s\n%s\n' "$root" "$(fingerprint)" "$done_mode" >"$stamp"
}

if [ "$mode" = lock ]; then
    environment_usable || make_environment
    exit
fi
check_system
if ! environment_current; then
    environment_usable || make_environment
    fill_environment
fi
