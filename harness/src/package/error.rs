use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// Why there is no agent of a package to judge.
#[derive(Debug, Error, Diagnostic)]
pub enum PackageError {
    /// Nothing is there, or nobody may read it.
    #[error("cannot read the package {}: {source}", path.display())]
    #[diagnostic(help("name a .deb, an .rpm, or the folder of an unpacked package"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Its first bytes are those of neither.
    #[error("{} is neither a .deb nor an .rpm", path.display())]
    #[diagnostic(help("name a .deb, an .rpm, or the folder of an unpacked package"))]
    NoPackage {
        /// The file.
        path: PathBuf,
    },
    /// A folder with something else in it.
    #[error("{} is no folder of an unpacked package: it has no usr/lib/ocf", path.display())]
    #[diagnostic(help(
        "`dpkg-deb -x FILE.deb FOLDER` makes one; agents lie in usr/lib/ocf/resource.d/PROVIDER of it"
    ))]
    NoTree {
        /// The folder.
        path: PathBuf,
    },
    /// None of the tools that unpack such a package.
    #[error("{} cannot be unpacked: neither {tools} is there", path.display())]
    #[diagnostic(help(
        "install the package {install}, or name the folder of the unpacked package"
    ))]
    NoTool {
        /// The package.
        path: PathBuf,
        /// The tools that would do.
        tools: &'static str,
        /// What brings one of them.
        install: &'static str,
    },
    /// The tool failed.
    #[error("{} cannot be unpacked: {why}", path.display())]
    #[diagnostic(help("it may have been cut off on its way: fetch it again, and see that there is room in {}", into.display()))]
    Broken {
        /// The package.
        path: PathBuf,
        /// Where it was to go.
        into: PathBuf,
        /// The first thing that the tool said.
        why: String,
    },
    /// There is no place for it.
    #[error("no folder can be made to unpack packages into: {why}")]
    #[diagnostic(help("free some space, or name another place by TMPDIR"))]
    NoFolder {
        /// Why.
        why: String,
    },
    /// An agent there would fail, and not for a fault of its own.
    #[error("nothing can be executed in {}, where packages are unpacked: it is mounted `noexec`", path.display())]
    #[diagnostic(help("name another place by TMPDIR"))]
    NoExec {
        /// The folder.
        path: PathBuf,
    },
    /// Not even one.
    #[error("there is no agent in {label}: nothing lies in its usr/lib/ocf/resource.d")]
    #[diagnostic(help(
        "where a distribution splits agents and their shell functions, give each package by its own --agent-package"
    ))]
    NoAgent {
        /// The packages.
        label: String,
    },
    /// Nothing says which.
    #[error("{label} has {count} agents, and none of them is ocf:heartbeat:VirtualDomain")]
    #[diagnostic(help("name one of them with --agent: {some}"))]
    Several {
        /// The packages.
        label: String,
        /// How many agents there are.
        count: usize,
        /// Names of some of them.
        some: String,
    },
    /// A path, say.
    #[error("`{asked}` names no agent of a package")]
    #[diagnostic(help(
        "beside --agent-package write `ocf:PROVIDER:TYPE`, such as `ocf:heartbeat:VirtualDomain`"
    ))]
    WrongForm {
        /// What was asked for.
        asked: String,
    },
    /// Others are there.
    #[error("there is no {asked} in {label}")]
    #[diagnostic(help("it has {some}"))]
    NotThere {
        /// What was asked for.
        asked: String,
        /// The packages.
        label: String,
        /// Names of some of them.
        some: String,
    },
    /// Nobody may execute it.
    #[error("{asked} in {label} may not be executed")]
    #[diagnostic(help(
        "its file in the package has no right to be executed, and so would it be when it is installed"
    ))]
    NotExecutable {
        /// The agent.
        asked: String,
        /// The packages.
        label: String,
    },
    /// It would fail for what another package brings.
    #[error(
        "{asked} in {label} reads the shell functions, usr/lib/ocf/lib/heartbeat/ocf-shellfuncs, which are not in it"
    )]
    #[diagnostic(help(
        "give the package that they are in, usually resource-agents, by an --agent-package before this one"
    ))]
    NoFunctions {
        /// The agent.
        asked: String,
        /// The packages.
        label: String,
    },
}
