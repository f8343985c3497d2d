use std::path::PathBuf;

use miette::Diagnostic;
use thiserror::Error;

/// Why no agent of a package can be judged.
#[derive(Debug, Error, Diagnostic)]
pub enum PackageError {
    /// The package does not exist, or may not be read.
    #[error("cannot read the package {}: {source}", path.display())]
    #[diagnostic(help("name a .deb, an .rpm, or the folder of an unpacked package"))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not of a known format.
    #[error("{} is neither a .deb nor an .rpm", path.display())]
    #[diagnostic(help("name a .deb, an .rpm, or the folder of an unpacked package"))]
    NotAPackage {
        /// The file.
        path: PathBuf,
    },
    /// The folder is not an unpacked package.
    #[error("{} is not an unpacked package: it has no usr/lib/ocf", path.display())]
    #[diagnostic(help(
        "`dpkg-deb -x FILE.deb FOLDER` makes one; agents are in its usr/lib/ocf/resource.d/PROVIDER"
    ))]
    NotUnpacked {
        /// The folder.
        path: PathBuf,
    },
    /// No program here unpacks such a package.
    #[error("{} cannot be unpacked: neither {tools} is installed", path.display())]
    #[diagnostic(help(
        "install the package {install}, or name the folder of the unpacked package"
    ))]
    NoTool {
        /// The package.
        path: PathBuf,
        /// The programs that unpack it.
        tools: &'static str,
        /// A distribution's package that has one of them.
        install: &'static str,
    },
    /// The program that unpacks failed.
    #[error("{} cannot be unpacked: {why}", path.display())]
    #[diagnostic(help("the file may be incomplete: download it again, and check that {} has free space", into.display()))]
    Broken {
        /// The package.
        path: PathBuf,
        /// Where it was unpacked to.
        into: PathBuf,
        /// The first line that the program printed.
        why: String,
    },
    /// The folder to unpack into cannot be made.
    #[error("cannot make a folder to unpack packages into: {why}")]
    #[diagnostic(help("free some space, or set TMPDIR to another folder"))]
    NoFolder {
        /// Why.
        why: String,
    },
    /// No agent could run from the folder that packages are unpacked into.
    #[error("nothing can be executed in {}, where packages are unpacked: it is mounted `noexec`", path.display())]
    #[diagnostic(help("set TMPDIR to another folder"))]
    NoExec {
        /// The folder.
        path: PathBuf,
    },
    /// The packages have no agent.
    #[error("there is no agent in {label}: its usr/lib/ocf/resource.d is empty or missing")]
    #[diagnostic(help(
        "if the distribution has the agents and their shell functions in several packages, pass each with its own --agent-package"
    ))]
    NoAgent {
        /// The packages.
        label: String,
    },
    /// Several agents are there, and none is named.
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
    /// The name is not an OCF name.
    #[error("`{asked}` is not the OCF name of an agent")]
    #[diagnostic(help(
        "with --agent-package write `ocf:PROVIDER:TYPE`, such as `ocf:heartbeat:VirtualDomain`"
    ))]
    WrongForm {
        /// What was asked for.
        asked: String,
    },
    /// The packages have other agents.
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
    /// The agent's file has no permission to be executed.
    #[error("{asked} in {label} is not executable")]
    #[diagnostic(help(
        "its file in the package has no execute permission, and would have none when it is installed"
    ))]
    NotExecutable {
        /// The agent.
        asked: String,
        /// The packages.
        label: String,
    },
    /// The agent needs the shell functions, which another package has.
    #[error(
        "{asked} in {label} needs the shell functions (usr/lib/ocf/lib/heartbeat/ocf-shellfuncs), which are not in it"
    )]
    #[diagnostic(help(
        "pass the package that has them, usually resource-agents, with an --agent-package before this one"
    ))]
    NoFunctions {
        /// The agent.
        asked: String,
        /// The packages.
        label: String,
    },
}
