//! The program for rgmanager: see the room `rgmanager` of the library.

fn main() {
    virt_reference_agent::run_as_program_of_rgmanager()
}
