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
    /// Copies the database and its secret into a new folder, also while a server serves
    Backup {
        /// The folder, which must not be there yet
        #[arg(long)]
        to: std::path::PathBuf,
        #[command(flatten)]
        settings: Settings,
    },
    /// Puts a backup into an empty place and audits it; exits with 1 where the books do not add up
    Restore {
        /// The folder of the backup
        #[arg(long)]
        from: std::path::PathBuf,
        #[command(flatten)]
        settings: Settings,
    },
    /// Fills an empty database with a demo market and prints how to get in
    Demo(Settings),
    /// Prints the OpenAPI document
    Openapi,
    /// Looks after the people who look after the rest
    #[command(subcommand)]
    Admin(AdminCommand),
}

#[derive(Subcommand)]
enum AdminCommand {
    /// Makes an administrator and prints their first password
    Create {
        /// The e-mail to sign in with
        #[arg(long)]
        email: String,
        /// The name
        #[arg(long)]
        name: String,
        /// Reads the password from standard input instead of making one up
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        settings: Settings,
    },
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
        Command::Backup { to, settings } => {
            let note = tradepost::backup::make(&settings, &to)?;
            println!("{} files of {} are in {}", note.files.len(), note.made_at, to.display());
            Ok(())
        }
        Command::Restore { from, settings } => restore(settings, &from),
        Command::Admin(AdminCommand::Create {
            email,
            name,
            password_stdin,
            settings,
        }) => create_admin(settings, email, name, password_stdin),
        Command::Demo(settings) => tradepost::demo::run(settings),
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

fn restore(settings: Settings, from: &std::path::Path) -> anyhow::Result<()> {
    let (note, violations) = tradepost::backup::restore(settings, from)?;
    println!("restored what was there on {}", note.made_at);
    report(&violations);
    Ok(())
}

fn audit(settings: Settings) -> anyhow::Result<()> {
    let app = tradepost::app::App::open(settings, tradepost::clock::Clock::default())?;
    let violations = app.db.read_blocking(tradepost::auditor::run)?;
    report(&violations.iter().map(ToString::to_string).collect::<Vec<_>>());
    Ok(())
}

/// Says what does not add up, and ends the program with 1 where something does not.
fn report(violations: &[String]) {
    for violation in violations {
        println!("{violation}");
    }
    if violations.is_empty() {
        println!("{} invariants hold", tradepost::auditor::invariants().len());
        return;
    }
    println!("{} violations", violations.len());
    std::process::exit(1)
}

fn create_admin(settings: Settings, email: String, name: String, password_stdin: bool) -> anyhow::Result<()> {
    let password = match password_stdin {
        true => Some(
            std::io::read_to_string(std::io::stdin())?
                .trim_end_matches(['\r', '\n'])
                .to_owned(),
        ),
        false => None,
    };
    let app = tradepost::app::App::open(settings, tradepost::clock::Clock::default())?;
    let made = tradepost::users::ops::create_first_admin(&app.db, email, name, password)?;
    println!("{} may sign in as {}", made.user.name, made.user.email);
    if let Some(password) = made.made_up_password {
        println!("with the password {password}");
    }
    Ok(())
}
