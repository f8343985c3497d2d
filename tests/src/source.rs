//! Our own sources as modules: which file uses which, for the tests of the structure.
//!
//! `syn` reads the files. A name is followed through re-exports to the file that defines it, so a `mod.rs` that only
//! passes names on is no station of an arrow. Tests within a file are left out: they may use what they test.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit::{self, Visit};
use syn::{Attribute, File, Item, ItemFn, ItemMod, ItemUse, UseTree, Visibility};

/// The names of a path from the crate's root: `["lab", "init", "node"]`.
type Segments = Vec<String>;

/// One crate of ours, all its modules read.
#[derive(Debug)]
pub struct Crate {
    modules: BTreeMap<Segments, Module>,
}

/// One file and what it says of names.
#[derive(Debug, Default)]
struct Module {
    /// Relative to the crate's `src`; `suite.rs` beside a folder `suite` counts as `suite/mod.rs`.
    file: PathBuf,
    children: BTreeSet<String>,
    /// What `use` brings in: the name here, and the path it stands for.
    imports: BTreeMap<String, Segments>,
    /// Those imports that the file passes on.
    passed_on: BTreeSet<String>,
    /// `use path::*`.
    globs: Vec<Segments>,
    /// Paths in the code itself, and single names.
    paths: BTreeSet<Segments>,
    defines: BTreeSet<String>,
}

/// One file uses a name that another defines.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Arrow {
    /// The file that uses, relative to `src`.
    pub from: PathBuf,
    /// The file that defines.
    pub to: PathBuf,
    /// The name that is used.
    pub name: String,
}

/// A function and its length.
#[derive(Debug)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// Lines from its signature to its closing brace.
    pub lines: usize,
}

impl Crate {
    /// Reads the crate whose root file is `root`, such as `harness/src/lib.rs`.
    ///
    /// # Panics
    /// Where a file cannot be read or is no Rust.
    #[must_use]
    pub fn read(root: &Path) -> Self {
        let src = root.parent().expect("a file lies in a folder");
        let mut modules = BTreeMap::new();
        read_module(src, root, src, &Vec::new(), &mut modules);
        Self { modules }
    }

    /// Every use of a name that another file defines.
    #[must_use]
    pub fn arrows(&self) -> BTreeSet<Arrow> {
        let mut arrows = BTreeSet::new();
        for (place, module) in &self.modules {
            for path in module.used() {
                let Some((target, name)) = self.resolve(place, &path, 0) else {
                    continue;
                };
                let to = &self.modules[&target].file;
                if *to != module.file {
                    let (from, to) = (module.file.clone(), to.clone());
                    arrows.insert(Arrow { from, to, name });
                }
            }
        }
        arrows
    }

    /// The module that defines what `path` names from within `place`, and the name. Nothing for other crates' names
    /// and for modules themselves.
    fn resolve(
        &self,
        place: &[String],
        path: &[String],
        depth: usize,
    ) -> Option<(Segments, String)> {
        let first = path.first()?;
        let (mut at, rest) = match first.as_str() {
            "crate" => (Vec::new(), &path[1..]),
            "self" => (place.to_vec(), &path[1..]),
            "super" => (place[..place.len().checked_sub(1)?].to_vec(), &path[1..]),
            _ => (place.to_vec(), path),
        };
        let local = rest.len() == path.len();
        for (index, name) in rest.iter().enumerate() {
            let module = self.modules.get(&at)?;
            if name == "super" {
                at.pop()?;
            } else if module.children.contains(name) {
                at.push(name.clone());
            } else if module.defines.contains(name) {
                return Some((at, name.clone()));
            } else if let Some(import) = module.imports.get(name).filter(|_| depth < 16) {
                let whole: Vec<_> = import.iter().chain(&rest[index + 1..]).cloned().collect();
                let own = whole.first() == path.first() && local && at == place;
                return if own && whole == path {
                    None
                } else {
                    self.resolve(&at, &whole, depth + 1)
                };
            } else {
                let glob = |from: &Segments| {
                    let whole: Vec<_> = from.iter().chain(&rest[index..]).cloned().collect();
                    self.resolve(&at, &whole, depth + 1)
                };
                return module.globs.iter().filter(|_| depth < 16).find_map(glob);
            }
        }
        None
    }
}

impl Module {
    /// Every path that the file itself makes use of: its imports but for those that it only passes on, and paths in
    /// its code.
    fn used(&self) -> BTreeSet<Segments> {
        let taken = |name: &&String| {
            !self.passed_on.contains(*name) || self.paths.contains(std::slice::from_ref(*name))
        };
        let imports = self
            .imports
            .keys()
            .filter(taken)
            .map(|name| self.imports[name].clone());
        let paths = self.paths.iter().filter(|path| path.len() > 1).cloned();
        imports
            .chain(paths)
            .chain(self.globs.iter().cloned())
            .collect()
    }
}

fn read_module(
    src: &Path,
    path: &Path,
    folder: &Path,
    place: &[String],
    into: &mut BTreeMap<Segments, Module>,
) {
    let file = path
        .strip_prefix(src)
        .expect("it lies in the crate")
        .to_owned();
    let mut module = Module {
        file,
        ..Module::default()
    };
    for item in parse(path).items {
        if is_test(attributes(&item)) {
            continue;
        }
        match item {
            Item::Mod(child) if child.content.is_none() => {
                let name = child.ident.to_string();
                let (path, below) = file_of(folder, &name);
                let place: Vec<_> = place.iter().cloned().chain([name.clone()]).collect();
                read_module(src, &path, &below, &place, into);
                module.children.insert(name);
            }
            Item::Use(item) => take_use(&mut module, &item),
            item => {
                module.defines.extend(name_of(&item));
                take_paths(&mut module.paths, item.to_token_stream());
            }
        }
    }
    if !module.children.is_empty() && !place.is_empty() {
        module.file = place.iter().collect::<PathBuf>().join("mod.rs");
    }
    into.insert(place.to_vec(), module);
}

/// Where the module `name` of a file lies whose children lie in `folder`, and where its own children lie.
fn file_of(folder: &Path, name: &str) -> (PathBuf, PathBuf) {
    let below = folder.join(name);
    let flat = folder.join(format!("{name}.rs"));
    let path = if flat.exists() {
        flat
    } else {
        below.join("mod.rs")
    };
    (path, below)
}

fn parse(path: &Path) -> File {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    syn::parse_file(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn take_use(module: &mut Module, item: &ItemUse) {
    let passed_on = !matches!(item.vis, Visibility::Inherited);
    let mut stack = vec![(Vec::new(), &item.tree)];
    while let Some((before, tree)) = stack.pop() {
        let with = |name: String| before.iter().cloned().chain([name]).collect::<Segments>();
        let (name, path) = match tree {
            UseTree::Path(path) => {
                stack.push((with(path.ident.to_string()), &path.tree));
                continue;
            }
            UseTree::Group(group) => {
                stack.extend(group.items.iter().map(|tree| (before.clone(), tree)));
                continue;
            }
            UseTree::Glob(_) => {
                module.globs.push(before);
                continue;
            }
            UseTree::Name(name) if name.ident == "self" => {
                (before.last().cloned().unwrap_or_default(), before)
            }
            UseTree::Name(name) => (name.ident.to_string(), with(name.ident.to_string())),
            UseTree::Rename(rename) => (rename.rename.to_string(), with(rename.ident.to_string())),
        };
        if passed_on {
            module.passed_on.insert(name.clone());
        }
        module.imports.insert(name, path);
    }
}

/// Paths and single names of a piece of code, those within macros too: `a::b::C` is one path.
fn take_paths(paths: &mut BTreeSet<Segments>, code: TokenStream) {
    let mut path = Segments::new();
    let mut colons = 0;
    for token in code {
        match token {
            TokenTree::Ident(name) => {
                if colons != 2 {
                    paths.insert(std::mem::take(&mut path));
                }
                path.push(name.to_string());
                colons = 0;
            }
            TokenTree::Punct(sign) if sign.as_char() == ':' => colons += 1,
            other => {
                paths.insert(std::mem::take(&mut path));
                colons = 0;
                if let TokenTree::Group(group) = other {
                    take_paths(paths, group.stream());
                }
            }
        }
    }
    paths.insert(path);
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn is_test(attributes: &[Attribute]) -> bool {
    let test = |attribute: &Attribute| {
        let text = attribute.to_token_stream().to_string();
        text.contains("cfg (test)") || text == "# [test]"
    };
    attributes.iter().any(test)
}

fn name_of(item: &Item) -> Option<String> {
    let name = match item {
        Item::Const(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Macro(item) => item.ident.as_ref()?,
        Item::Mod(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Struct(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

/// The functions of one file, tests left out.
///
/// # Panics
/// Where the file cannot be read or is no Rust.
#[must_use]
pub fn functions(path: &Path) -> Vec<Function> {
    let mut found = Functions(Vec::new());
    found.visit_file(&parse(path));
    found.0
}

struct Functions(Vec<Function>);

impl Functions {
    fn take(&mut self, name: &syn::Ident, block: &syn::Block) {
        let lines = block.brace_token.span.close().end().line - name.span().start().line + 1;
        self.0.push(Function {
            name: name.to_string(),
            lines,
        });
    }
}

impl Visit<'_> for Functions {
    fn visit_item_mod(&mut self, module: &ItemMod) {
        if !is_test(&module.attrs) {
            visit::visit_item_mod(self, module);
        }
    }

    fn visit_item_fn(&mut self, function: &ItemFn) {
        if !is_test(&function.attrs) {
            self.take(&function.sig.ident, &function.block);
            visit::visit_item_fn(self, function);
        }
    }

    fn visit_impl_item_fn(&mut self, function: &syn::ImplItemFn) {
        self.take(&function.sig.ident, &function.block);
        visit::visit_impl_item_fn(self, function);
    }
}
