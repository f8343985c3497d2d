//! Ways to call the command, by people and machines of all kinds: each is a set-up in namespaces of its own, so that
//! nothing of the machine itself is touched.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use nix::unistd::Uid;
use serde_json::Value;

use crate::program::{Said, binaries, said};

/// What a script ends with that cannot make one of its set-ups on this machine, having said which and why.
const IMPOSSIBLE: i32 = 77;

/// One way to call the command.
#[derive(Clone, Copy, Debug)]
pub struct SetUp {
    /// What it is.
    pub name: &'static str,
    /// Lines of a shell that come before the call.
    prepare: &'static str,
    /// The call itself, in which `@` stands for what is called.
    call: &'static str,
}

const fn set_up(name: &'static str, prepare: &'static str, call: &'static str) -> SetUp {
    SetUp {
        name,
        prepare,
        call,
    }
}

/// As the other tests call it.
pub const PLAIN: SetUp = set_up("plain", "", "@");

/// From a terminal.
pub const TERMINAL: SetUp = set_up("a terminal", "need script", "script -qec '@' /dev/null");

/// As a job that is to get out of others' way.
pub const NICE: SetUp = set_up("nice 19", "", "nice -n 19 @");

/// By a user who is not root. Subordinate ids come from a file of the test's own.
pub const ORDINARY: SetUp = set_up(
    "an ordinary user",
    "need setpriv newuidmap; [ -e /etc/subuid ] && [ -e /etc/subgid ] || impossible 'there is no /etc/subuid'\n\
     grep -q ' 0 *4294967295$' /proc/self/uid_map || impossible 'only root can become another user'\n\
     echo nobody:100000:65536 >ids; mount --bind ids /etc/subuid; mount --bind ids /etc/subgid",
    "setpriv --reuid=65534 --regid=65534 --clear-groups @",
);

/// What can be had side by side, and none of which hides another.
pub const TOGETHER: [&[SetUp]; 2] = [
    &[
        set_up(
            "a libvirtd of the machine with a domain of the subject's name",
            LIBVIRTD,
            "@",
        ),
        set_up(
            "Pacemaker's programs on the machine, which hang",
            CLUSTER,
            "@",
        ),
        set_up("libvirt's client configuration", CLIENT, "@"),
        set_up("variables that mean nothing", VARIABLES, "@"),
        set_up("a German locale", "locale de_DE UTF-8", "@"),
        set_up(
            "TMPDIR with a blank in it",
            "mkdir 'a blank'; export TMPDIR=\"$PWD/a blank\"",
            "@",
        ),
        set_up("umask 077", "umask 077", "@"),
        set_up("256 open files", "ulimit -n 256", "@"),
        set_up(
            "nohup, and other signals ignored",
            "need nohup; trap '' QUIT USR1 USR2 ALRM TSTP TTIN TTOU XFSZ",
            "nohup @",
        ),
    ],
    &[
        set_up("a closed standard input", "", "@ <&-"),
        set_up("HOME and USER unset", "unset HOME USER LOGNAME", "@"),
        set_up("PATH=/usr/bin:/bin", "PATH=/usr/bin:/bin", "@"),
        set_up("a Japanese locale", "locale ja_JP EUC-JP", "@"),
        set_up(
            "TMPDIR elsewhere",
            "mkdir elsewhere; export TMPDIR=\"$PWD/elsewhere\"",
            "@",
        ),
        NICE,
        set_up("open files", "exec 7<>opened 8>&7", "@"),
    ],
];

/// What of a caller processes inherit, all at once.
pub const INHERITED: [SetUp; 3] = [
    set_up("variables that mean nothing", VARIABLES, "@"),
    set_up(
        "ignored signals, open files, a mask and a limit",
        "trap '' HUP QUIT USR1 USR2 ALRM TSTP TTIN TTOU XFSZ; umask 077; ulimit -S -n 256; exec 7<>opened",
        "@",
    ),
    TERMINAL,
];

/// What all scripts know.
const BEGINNING: &str = r#"set -eu
impossible() { echo "$name: $1"; exit 77; }
need() { for it; do command -v "$it" >/dev/null || impossible "there is no $it"; done; }
locale() {
    if [ -e "/usr/share/i18n/locales/$1" ] && command -v localedef >/dev/null; then
        mkdir -p locales; localedef -i "$1" -f "$2" "./locales/$1.$2" || :
        export LOCPATH="$PWD/locales"
    else
        echo "the locale $1 is not there: it is only named"
    fi
    export LANG="$1.$2" LC_ALL="$1.$2" LANGUAGE="${1%_*}"
}
"#;

const LIBVIRTD: &str = r#"need libvirtd virsh
mount -t tmpfs none /run
for folder in /etc/libvirt /var/lib/libvirt /var/cache/libvirt /var/log/libvirt; do mount -t tmpfs none "$folder"; done
printf '%s\n' 'auth_unix_rw = "none"' >/etc/libvirt/libvirtd.conf
printf '%s\n' 'stdio_handler = "file"' 'security_driver = "none"' 'cgroup_controllers = []' 'namespaces = []' \
    'user = "root"' 'group = "root"' 'dynamic_ownership = 0' 'remember_owner = 0' >/etc/libvirt/qemu.conf
echo "<domain type='qemu'><name>vm1</name><memory unit='MiB'>16</memory>
    <os><type arch='x86_64'>hvm</type></os></domain>" >domain.xml
libvirtd --daemon >libvirtd.log 2>&1 || impossible "libvirtd does not start here: $(tail -n 1 libvirtd.log)"
virsh -c qemu:///system define domain.xml >/dev/null && virsh -c qemu:///system start vm1 >/dev/null ||
    impossible 'no guest starts here'
after() { virsh -c qemu:///system domstate vm1 >domstate; }"#;

const CLUSTER: &str = r#"mkdir programs
for name in crm_resource crm_attribute crm_node crm_mon crm_master crm_failcount attrd_updater cibadmin crm_simulate \
    stonith_admin crmadmin pcs crm corosync corosync-cfgtool pacemakerd; do
    printf '#!/bin/sh\nexec sleep 1000\n' >"programs/$name"; chmod 755 "programs/$name"
done
mount --bind programs /usr/local/sbin"#;

const CLIENT: &str = r#"export HOME="$PWD/home" XDG_CONFIG_HOME="$PWD/home/.config"
mkdir -p home/.config/libvirt; file=home/.config/libvirt/libvirt.conf
printf '%s\n' 'uri_default = "nonsense:///"' 'uri_aliases = [ "qemu=nonsense:///", "vm1=nonsense:///" ]' >$file
if [ -e /etc/libvirt/libvirt.conf ]; then mount --bind $file /etc/libvirt/libvirt.conf
elif [ -w /etc/libvirt ] && mountpoint -q /etc/libvirt; then cp $file /etc/libvirt; fi"#;

const VARIABLES: &str = r#"export LIBVIRT_DEFAULT_URI=nonsense:/// VIRSH_DEFAULT_CONNECT_URI=nonsense:/// LIBVIRT_AUTH_FILE=/nonsense
export LIBVIRT_DRIVER_DIR=/nonsense OCF_ROOT=/nonsense OCF_FUNCTIONS_DIR=/nonsense OCF_RESOURCE_INSTANCE=nonsense
export OCF_RESKEY_config=/nonsense OCF_RESKEY_hypervisor=nonsense:/// OCF_RESKEY_CRM_meta_timeout=1
export OCF_CHECK_LEVEL=99 OCF_RESKEY_force_stop=1 HA_RSCTMP=/nonsense HA_BIN=/nonsense HA_LOGFILE=/nonsense HA_debug=1
export HA_LOGFACILITY=local7 PCMK_debug=yes BASH_ENV=/nonsense ENV=/nonsense TZ=Asia/Tokyo COLUMNS=20"#;

/// What the command came to: each case with its verdict, or with `skipped`.
pub type Verdicts = BTreeMap<String, String>;

/// Calls of one test, each in a folder of its own below one that ends with it.
#[derive(Debug)]
pub struct Calls {
    folder: tempfile::TempDir,
    binaries: PathBuf,
}

impl Calls {
    /// Calls from copies of the programs that every user can reach.
    ///
    /// # Panics
    /// When they are not built.
    #[must_use]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        open_to_all(folder.path());
        let own = folder.path().join("programs");
        fs::create_dir(&own).expect("it can be made");
        for name in ["virt-ra-tester", "virt-reference-agent"] {
            fs::copy(binaries().join(name), own.join(name))
                .expect("`cargo build --workspace` builds it");
        }
        Self {
            folder,
            binaries: own,
        }
    }

    /// Runs cases against an agent in these set-ups at once.
    ///
    /// # Errors
    /// Which of them is not possible on this machine, and why.
    ///
    /// # Panics
    /// When the run comes to no result.
    pub fn run(
        &self,
        set_ups: &[SetUp],
        agent: &[&str],
        cases: &[&str],
    ) -> Result<Verdicts, String> {
        let words = [&["run", "--jobs", "2", "--report", "results"], agent, cases].concat();
        let (folder, output) = self.call(set_ups, &words)?;
        let report = fs::read_to_string(folder.join("results/latest/run.json"))
            .unwrap_or_else(|error| panic!("{error}: {}{}", output.out, output.err));
        if let Ok(state) = fs::read_to_string(folder.join("domstate")) {
            assert_eq!(state.trim(), "running", "the machine's own domain");
        }
        Ok(verdicts(&report))
    }

    /// Calls the command in these set-ups; the folder that it was called in, and what it said.
    ///
    /// # Errors
    /// Which of them is not possible on this machine, and why.
    ///
    /// # Panics
    /// When the folder cannot be made.
    pub fn call(&self, set_ups: &[SetUp], words: &[&str]) -> Result<(PathBuf, Said), String> {
        let (folder, mut command) = self.command(set_ups, words);
        let output = said(&mut command);
        match output.code {
            Some(IMPOSSIBLE) => Err(output.out.trim().to_owned()),
            _ => Ok((folder, output)),
        }
    }

    /// What calls the command in these set-ups, and the folder that it is called in.
    ///
    /// # Panics
    /// When the folder cannot be made.
    #[must_use]
    pub fn command(&self, set_ups: &[SetUp], words: &[&str]) -> (PathBuf, Command) {
        let folder = self.new_folder();
        let program = self.binaries.join("virt-ra-tester");
        let call = format!("exec {} {}\n", program.display(), words.join(" "));
        fs::write(folder.join("call.sh"), call).expect("it can be written");
        let mut unshare = Command::new("unshare");
        if !Uid::effective().is_root() {
            unshare.args(["--user", "--map-root-user", "--map-auto"]);
        }
        unshare
            .args(["--mount", "--pid", "--fork", "--kill-child"])
            .args(["--mount-proc", "sh", "-c", &script(set_ups)])
            .current_dir(&folder);
        (folder, unshare)
    }

    fn new_folder(&self) -> PathBuf {
        let folder = tempfile::Builder::new().tempdir_in(self.folder.path());
        let folder = folder.expect("it can be made").keep();
        open_to_all(&folder);
        folder
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self::new()
    }
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o777)).expect("it is ours");
}

fn script(set_ups: &[SetUp]) -> String {
    let mut script = format!("{BEGINNING}after() {{ :; }}\n");
    let mut call = "sh ./call.sh".to_owned();
    for set_up in set_ups {
        script += &format!("name={:?}\n{}\n", set_up.name, set_up.prepare);
        call = set_up.call.replace('@', &call);
    }
    script + &format!("code=0\n{call} || code=$?\nafter\nexit $code\n")
}

fn verdicts(report: &str) -> Verdicts {
    let report: Value = serde_json::from_str(report).expect("it is JSON");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |name: &str| report[name].as_array().cloned().unwrap_or_default();
    let judged = list("verdicts");
    let skipped = list("skipped");
    let judged = judged
        .iter()
        .map(|one| (word(&one["case"]), word(&one["severity"])));
    let skipped = skipped
        .iter()
        .map(|one| (word(&one["case"]), "skipped".to_owned()));
    judged.chain(skipped).collect()
}
