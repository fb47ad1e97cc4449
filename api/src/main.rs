//! The command line: one binary, `tradepost`.

use clap::{Parser, Subcommand};
use tradepost::app::Application;
use tradepost::settings::Settings;

#[derive(Parser)]
#[command(
    name = "tradepost",
    version,
    about = "The back office of a business that sells leads"
)]
struct CommandLine {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API
    Serve(Settings),
    /// Brings the database's schema up to date
    Migrate(Settings),
    /// Checks that the books and the market add up; exits with 1 and lists the rows where they do not
    Audit(Settings),
    /// Prints the OpenAPI document
    Openapi,
}

fn main() -> anyhow::Result<()> {
    tradepost::logging::start();
    match CommandLine::parse().command {
        Command::Serve(settings) => serve(settings),
        Command::Migrate(settings) => {
            tradepost::app::App::open(settings, tradepost::clock::Clock::default())?;
            println!("the schema is up to date");
            Ok(())
        }
        Command::Audit(settings) => audit(settings),
        Command::Openapi => {
            print!("{}", tradepost::routes::document_json());
            Ok(())
        }
    }
}

fn serve(settings: Settings) -> anyhow::Result<()> {
    actix_web::rt::System::new().block_on(async {
        let server = Application::build(settings)?;
        println!("Tradepost listens on http://{}", server.address());
        Ok(server.run_until_stopped().await?)
    })
}

fn audit(settings: Settings) -> anyhow::Result<()> {
    let app = tradepost::app::App::open(settings, tradepost::clock::Clock::default())?;
    let violations = app.db.read_blocking(tradepost::auditor::run)?;
    for violation in &violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!("{} invariants hold", tradepost::auditor::invariants().len());
        return Ok(());
    }
    println!("{} violations", violations.len());
    std::process::exit(1)
}
