# How packages are installed where apt is. Sourced by scripts/deps, whose `say`, `die`, `has` and `any` it uses.
#
# QEMU and libvirt go by the source that what is installed of them came from: a machine whose `qemu-utils` is from
# backports cannot take the release's QEMU, since apt would have to remove a package. Where apt's own sources no
# longer have that source, apt is told of it for these calls alone: lists, sources and pins of its own in a folder
# that is removed at the end. apt's configuration stays as it was, nothing is removed, nothing is downgraded.

view=      # that folder, or empty
options=   # what apt is told of it; none of the paths has a blank
learned=   # whether apt's lists are up to date
other=     # the suite that QEMU or libvirt come from, where it is not apt's own choice

apt_get() {
    # Word splitting is wanted: a list of options.
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get -q -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 $options "$@"
}

apt_cache() {
    # shellcheck disable=SC2086
    apt-cache $options "$@"
}

# choice PACKAGE: the same, were nothing installed: what is installed is no candidate for what is not.
choice() {
    apt_cache -o Dir::State::status=/dev/null -o Dir::Cache::pkgcache= policy "$1" 2>/dev/null |
        sed -n 's/^ *Candidate: //p' | grep -vxF '(none)'
}

newer() { dpkg --compare-versions "$1" gt "$2"; }

# candidate PACKAGE: the version that apt would install; nothing where it has none.
candidate() { apt_cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p' | grep -vxF '(none)'; }

# installed SOURCE: the newest version of what is installed of a source package.
installed() {
    dpkg-query -W -f '${db:Status-Abbrev} ${source:Package} ${Version}\n' 2>/dev/null |
        while read -r status source version; do
            case $status in ?i*) if [ "$source" = "$1" ]; then echo "$version"; fi ;; esac
        done | sort -V | tail -n 1
}

# wanted_suite SOURCE PACKAGE: which suite SOURCE has to come from, told by what is installed of it. Prints `none`
# where nothing is, `own` where apt's own choice will do, and `lost VERSION` where nobody can tell.
wanted_suite() {
    version=$(installed "$1")
    if [ -z "$version" ]; then echo none; return; fi
    if ! newer "$version" "$(choice "$2" || echo 0)"; then echo own; return; fi
    # The oldest that is no downgrade: what is installed itself, where it is still to be had.
    suite=$(apt_cache madison "$2" | while IFS=' |' read -r _ offered _ from _; do
        if ! newer "$version" "$offered"; then echo "${from%%/*}"; fi
    done | tail -n 1)
    if [ -n "$suite" ]; then echo "$suite"; return; fi
    case $version in
        *"~bpo$(release_of VERSION_ID)"*) echo "$(release_of VERSION_CODENAME)-backports" ;;
        *) echo "lost $version" ;;
    esac
}

release_of() { sed -n "s/^$1=\"\{0,1\}\([^\"]*\)\"\{0,1\}/\1/p" /etc/os-release; }

# Tells apt, for this script's calls alone, where QEMU and libvirt come from, where its own choice will not do.
choose_suites() {
    qemu=$(wanted_suite qemu qemu-system-x86) libvirt=$(wanted_suite libvirt libvirt-daemon)
    # What is not installed yet goes with the other one, with which it was built.
    if [ "$qemu" = none ]; then qemu=$libvirt; fi
    if [ "$libvirt" = none ]; then libvirt=$qemu; fi
    for suite in "$qemu" "$libvirt"; do
        case $suite in lost*) die_of_lost "${suite#lost }" ;; esac
    done
    case $qemu$libvirt in nonenone | ownown | noneown | ownnone) return 0 ;; esac
    open_view
    take qemu "$qemu"
    take libvirt "$libvirt"
    say "QEMU and libvirt go together: what is missing of them comes from $other, where what is installed of them came from; apt's own sources stay as they are"
}

die_of_lost() {
    die "QEMU or libvirt $1 is installed, and none of apt's sources has it any more; nothing was changed.
deps: Add the source that it came from, run 'apt-get update', then '$again'."
}

# Copies what apt knows of sources, pins and lists to a folder of ours.
open_view() {
    # Not below TMPDIR, which may have a blank in it or be closed to apt's own user.
    view=$(mktemp -d /tmp/vrt-deps.XXXXXX)
    chmod 755 "$view"
    mkdir "$view/sources" "$view/preferences" "$view/lists"
    if [ -d /etc/apt/sources.list.d ]; then cp -a /etc/apt/sources.list.d/. "$view/sources"; fi
    if [ -d /etc/apt/preferences.d ]; then cp -a /etc/apt/preferences.d/. "$view/preferences"; fi
    cp -a /var/lib/apt/lists/. "$view/lists"
    options="-o Dir::Etc::SourceParts=$view/sources -o Dir::Etc::PreferencesParts=$view/preferences"
    options="$options -o Dir::State::Lists=$view/lists -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache="
}

# take SOURCE SUITE: takes a source package from a suite, which becomes one of our sources where it is none of apt's.
take() {
    if [ "$2" = own ]; then return 0; fi
    pin "src:$1" "$2"
    other=$2
    if ! has_suite "$2" && ! any "$view"/sources/virt-ra-tester.*; then add_suite "$2"; fi
}

# pin PACKAGE SUITE: Debian tells a suite by its codename (n), Ubuntu by its archive (a).
pin() {
    for key in n a; do
        printf 'Package: %s\nPin: release %s=%s\nPin-Priority: 990\n\n' "$1" $key "$2"
    done >>"$view/preferences/virt-ra-tester"
}

# Whether apt's own sources have a suite.
has_suite() { apt_cache policy | grep -q "[ ,][an]=$1\(,\|\$\)"; }

# add_suite SUITE: a source like the machine's own of its release, with another suite.
add_suite() {
    codename=$(release_of VERSION_CODENAME)
    for file in /etc/apt/sources.list.d/*.sources; do
        if [ -e "$file" ]; then like_deb822 "$codename" "$1" "$file"; fi
    done >"$view/sources/virt-ra-tester.sources"
    if [ -s "$view/sources/virt-ra-tester.sources" ]; then return 0; fi
    rm "$view/sources/virt-ra-tester.sources"
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null |
        sed -n "s/^\(deb  *\(\[[^]]*\]  *\)\{0,1\}[^ ]*  *\)$codename  */\1$1 /p" | head -n 1 >"$view/sources/virt-ra-tester.list"
    [ -s "$view/sources/virt-ra-tester.list" ] || die "apt has no source of $codename to take $1 from; nothing was changed.
deps: Add $1 to apt's sources, run 'apt-get update', then '$again'."
}

# like_deb822 CODENAME SUITE FILE: the first of the file's entries that has the release, rewritten for the suite.
like_deb822() {
    awk -v codename="$1" -v suite="$2" '
        BEGIN { RS = ""; FS = "\n" }
        {
            has = 0; off = 0
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^Suites:/ && (" " substr($i, 8) " ") ~ ("[ \t]" codename "[ \t]")) has = 1
                if ($i ~ /^Enabled:[ \t]*no/ || ($i ~ /^Types:/ && $i !~ /[ \t]deb([ \t]|$)/)) off = 1
            }
            if (!has || off || found++) next
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^Types:/) $i = "Types: deb"
                if ($i ~ /^Suites:/) $i = "Suites: " suite
                print $i
            }
        }' "$3"
}

# Newer Debian and Ubuntu keep VirtualDomain in a package of its own.
split_agents() {
    if [ -n "$(candidate resource-agents-extra)" ]; then
        packages=$(printf '%s' "$packages" | sed 's/\<resource-agents\>/resource-agents-extra/')
    fi
}

# offered PACKAGE: whether apt would install it. Parts of libvirt must be of the version of its daemon: those that only
# another suite has would bring all of libvirt from there.
offered() {
    has_it=$(candidate "$1") || return 1
    case $1 in libvirt-*) [ "$has_it" = "$(candidate libvirt-daemon)" ] ;; esac
}

# Older releases call libvirt's plugin for sanlock otherwise.
rename_sanlock_plugin() {
    new=libvirt-daemon-plugin-sanlock
    if ! offered $new; then packages=$(printf '%s' "$packages" | sed "s/\\<$new\\>/libvirt-sanlock/"); fi
}

# Older releases keep in libvirt-daemon what newer ones have split off: what apt does not have is left out, and what
# is then still missing is said after the installation.
drop_unknown() {
    known=
    for package in $packages; do
        if offered "$package"; then known="$known $package"; fi
    done
    packages=$known
}

# Whether apt has been told what there is: in a fresh container it has not.
has_lists() { any /var/lib/apt/lists/*_Packages*; }

# While packages are installed no service may start: Debian asks policy-rc.d, which is put back at the end.
policy=/usr/sbin/policy-rc.d
mark='# virt-ra-tester: no service starts while its dependencies are installed'

forbid_services() {
    if [ -e "$policy" ] && ! grep -qF "$mark" "$policy"; then mv "$policy" "$policy.before"; fi
    printf '#!/bin/sh\n%s\nexit 101\n' "$mark" >"$policy"
    chmod 755 "$policy"
}

allow_services() {
    if [ -e "$policy" ] && grep -qF "$mark" "$policy"; then rm -f "$policy"; fi
    if [ -e "$policy.before" ]; then mv "$policy.before" "$policy"; fi
}

clean_up() {
    trap - EXIT
    allow_services
    rm -rf ${view:+"$view"} ${log:+"$log"}
}

# Says why apt would not install, where the reason is known, and the commands that mend it.
explain_apt() {
    held=$(apt-mark showhold 2>/dev/null | tr '\n' ' ')
    if [ -n "$offline" ]; then
        cat >&2 <<TEXT
deps: Not all package servers answered. See why with 'apt-get update'; when that succeeds, run:
deps:   $again
TEXT
    elif [ -n "$held" ]; then
        cat >&2 <<TEXT
deps: These packages are on hold: $held
deps: If one of them is in the way, run:
deps:   apt-mark unhold $held&& $again
deps:   apt-mark hold $held
TEXT
    else
        cat >&2 <<TEXT
deps: See what apt says of it with:
deps:   apt-get -s --no-remove --no-install-recommends install$packages
deps: When it would install them, run '$again' once more.
TEXT
    fi
}

# refuse WORDS: ends with what apt said last, and the words.
refuse() {
    tail -n 20 "$log" >&2
    explain_apt
    die "$1"
}

# Learns where the packages will come from, once.
begin_apt() {
    if [ -n "$log" ]; then return 0; fi
    log=$(mktemp)
    trap clean_up EXIT
    trap 'exit 130' INT TERM HUP
    # A fresh container's apt knows of no package.
    if ! has_lists; then update || refuse 'no package lists could be had; nothing was changed'; fi
    choose_suites
}

# Learns what there is, once, where the packages will come from included.
learn_apt() {
    if [ -n "$learned" ]; then return 0; fi
    begin_apt
    learned=yes
    update || say 'the package lists could not be brought up to date; going on with those at hand'
}

# Leaves out of `packages` what apt does not have. Only where they come from a suite that apt's own lists lack is it
# asked anew.
drop_unknown_of_lists() {
    if ! has_lists; then return 0; fi
    begin_apt
    if [ -n "$view" ]; then learn_apt; fi
    rename_sanlock_plugin
    drop_unknown
}

# apt-get itself calls an update without one of its sources a success.
update() {
    offline=
    apt_get -o APT::Update::Error-Mode=any update >"$log" 2>&1 || { offline=yes; return 1; }
}

# Whether apt would install the packages; `deeper` are names that it is asked for as well, to hear what they lack.
would_install() {
    # Word splitting is wanted: a list of package names.
    # shellcheck disable=SC2086
    LC_ALL=C apt_get -s -y --no-remove --no-install-recommends install $packages $deeper >"$log" 2>&1
}

# Takes from QEMU's and libvirt's suite what they need in a newer version than apt's own choice, and nothing else: with
# the whole suite preferred apt would bring a newer systemd as well. False where apt said nothing new.
take_what_is_needed() {
    before=$needed$deeper
    for name in $(sed -n 's/.*Depends: \([^ :]*\).* but .* is to be installed$/\1/p' "$log"); do
        case " $needed " in *" $name "*) ;; *) needed="$needed $name"; pin "$name" "$other" ;; esac
    done
    for name in $(sed -n 's/.*Depends: \([^ :]*\).* but it is not going to be installed$/\1/p' "$log"); do
        case " $deeper " in *" $name "*) ;; *) deeper="$deeper $name" ;; esac
    done
    [ "$before" != "$needed$deeper" ]
}

install_apt() {
    needed='' deeper=''
    learn_apt
    split_agents
    rename_sanlock_plugin
    wanted=$packages
    drop_unknown
    if [ -z "$packages" ]; then packages=$wanted; fi
    until would_install; do
        if [ -z "$view" ] || ! take_what_is_needed; then refuse 'apt refuses; nothing was changed'; fi
    done
    forbid_services
    # Word splitting is wanted: a list of package names.
    # shellcheck disable=SC2086
    apt_get -y --no-remove --no-install-recommends install $packages >"$log" 2>&1 ||
        refuse 'the installation failed'
    allow_services
}
