//! Assembles the witness guest, and puts the suite's cases and the profiles into the program.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio, exit};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    embed(
        "SHIPPED_CASES",
        Path::new("../cases"),
        &out.join("shipped_cases.rs"),
    )?;
    embed(
        "SHIPPED_PROFILES",
        Path::new("profiles"),
        &out.join("shipped_profiles.rs"),
    )?;
    assemble(&out);
    compile(&out);
    name_commit();
    Ok(())
}

/// Lets the program know the commit that it is built from: git's, else `VRT_COMMIT`, which a package's build may set.
///
/// It is asked when the sources have changed, and not at every commit, which would build all anew.
fn name_commit() {
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-env-changed=VRT_COMMIT");
    let git = |arguments: &[&str]| {
        let said = Command::new("git")
            .args(arguments)
            .stderr(Stdio::null())
            .output();
        let said = said.ok().filter(|said| said.status.success())?;
        Some(String::from_utf8_lossy(&said.stdout).trim().to_owned())
    };
    // Sources that were unpacked in another project's checkout are not its commit's.
    let ours = git(&["ls-files", "--error-unmatch", "build.rs"]);
    let described = [
        "describe",
        "--always",
        "--dirty",
        "--abbrev=40",
        "--exclude=*",
    ];
    let commit = ours.and_then(|_| git(&described));
    if let Some(commit) = commit.or_else(|| env::var("VRT_COMMIT").ok()) {
        println!("cargo::rustc-env=VRT_COMMIT={commit}");
    }
}

/// Writes a table of every YAML file below `folder`: its path there, and its text.
fn embed(name: &str, folder: &Path, target: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    if folder.is_dir() {
        walk(&folder.canonicalize()?, &mut files)?;
        files.sort();
    }
    let mut table = format!("static {name}: &[(&str, &str)] = &[\n");
    for file in &files {
        let below = file.strip_prefix(folder.canonicalize()?).unwrap_or(file);
        let _ = writeln!(
            table,
            "    ({:?}, include_str!({:?})),",
            below.display().to_string(),
            file
        );
    }
    table.push_str("];\n");
    fs::write(target, table)
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "yaml")
        {
            files.push(path);
        }
    }
    Ok(())
}

/// Assembles `guest/guest.S` into `guest.bin`.
fn assemble(out: &Path) {
    let source = "guest/guest.S";
    println!("cargo::rerun-if-changed={source}");
    let (object, linked, image) = (
        out.join("guest.o"),
        out.join("guest.elf"),
        out.join("guest.bin"),
    );
    run("as", &["--32", "-o", text(&object), source]);
    let link = ["-m", "elf_i386", "-Ttext", "0", "-e", "_start", "-o"];
    run("ld", &[&link[..], &[text(&linked), text(&object)]].concat());
    run(
        "objcopy",
        &["-O", "binary", "-j", ".text", text(&linked), text(&image)],
    );
}

/// Compiles `guest/container.c` into `vrt-container`, which needs no library.
fn compile(out: &Path) {
    let source = "guest/container.c";
    println!("cargo::rerun-if-changed={source}");
    let flags = "-static -nostdlib -ffreestanding -fno-stack-protector -fno-pie -no-pie -O2 -s -o";
    let mut args: Vec<&str> = flags.split(' ').collect();
    let program = out.join("vrt-container");
    args.extend([text(&program), source]);
    run("cc", &args);
}

fn text(path: &Path) -> &str {
    path.to_str().expect("cargo's OUT_DIR is UTF-8")
}

/// Runs one tool of binutils, or the C compiler; where it is missing or fails, cargo shows why and how to mend it.
fn run(tool: &str, args: &[&str]) {
    let problem = match Command::new(tool).args(args).status() {
        Ok(status) if status.success() => return,
        Ok(status) => format!("`{tool} {}` failed: {status}", args.join(" ")),
        Err(error) => {
            format!("cannot run `{tool}` ({error}); install binutils and gcc, or run `make deps`")
        }
    };
    println!("cargo::error=the witness guest cannot be assembled: {problem}");
    exit(1);
}
