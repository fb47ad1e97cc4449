//! From a mapping and a file's headers to a plan, or to everything that does not fit.

use super::target::Target;
use super::{Origin, Piece, Plan, Step, clean_header};
use tradepost_contract::FieldError;
use tradepost_contract::lead_imports::{FieldMapping, ImportMapping};

impl Plan {
    /// Compiles a mapping; pointers of the errors are those of `RunLeadImport`.
    pub(crate) fn compile(mapping: &ImportMapping, headers: &[String]) -> Result<Self, Vec<FieldError>> {
        let mut faults = Vec::new();
        let mut steps: Vec<Step> = Vec::new();
        if mapping.fields.is_empty() {
            faults.push(FieldError::new(
                "/mapping/fields",
                "required",
                "map at least one column",
            ));
        }
        for (at, field) in mapping.fields.iter().enumerate() {
            let pointer = |name: &str| format!("/mapping/fields/{at}/{name}");
            let Some(target) = Target::parse(&field.field) else {
                faults.push(FieldError::new(
                    pointer("field"),
                    "unknown_field",
                    "expected a field of a lead such as person.phone, or answers.<name>",
                ));
                continue;
            };
            if steps.iter().any(|step| step.target == target) {
                faults.push(FieldError::new(
                    pointer("field"),
                    "repeated",
                    "the field is filled by an earlier entry",
                ));
                continue;
            }
            match origin(field, headers) {
                Ok(origin) => steps.push(Step {
                    target,
                    origin,
                    empty_when: field.empty_when.iter().map(|word| word.trim().to_lowercase()).collect(),
                    replace: field
                        .replace
                        .iter()
                        .map(|(from, to)| (from.trim().to_lowercase(), to.clone()))
                        .collect(),
                    transform: field.transform,
                }),
                Err((name, code, message)) => faults.push(FieldError::new(pointer(name), code, message)),
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let used = |column: usize| steps.iter().any(|step| step.origin.reads(column));
        let others = match mapping.keep_other_columns {
            true => headers
                .iter()
                .enumerate()
                .filter(|(at, _)| !used(*at))
                .map(|(at, header)| (at, header.clone()))
                .collect(),
            false => Vec::new(),
        };
        let empty_when = mapping
            .empty_when
            .iter()
            .map(|word| word.trim().to_lowercase())
            .collect();
        Ok(Self {
            steps,
            empty_when,
            dates: mapping.dates,
            others,
            headers: headers.to_vec(),
        })
    }

    /// The column that fills the field at a pointer of `CreateLead`, for messages.
    pub(crate) fn column_of(&self, pointer: &str) -> Option<&str> {
        let path = pointer
            .trim_start_matches('/')
            .replace('/', ".")
            .replace("~1", "/")
            .replace("~0", "~");
        let target = Target::parse(&path)?;
        match &self.steps.iter().find(|step| step.target == target)?.origin {
            Origin::Column(at) => self.headers.get(*at).map(String::as_str),
            Origin::Template(_) | Origin::Constant(_) => None,
        }
    }
}

impl Origin {
    fn reads(&self, column: usize) -> bool {
        match self {
            Self::Column(at) => *at == column,
            Self::Template(pieces) => pieces
                .iter()
                .any(|piece| matches!(piece, Piece::Column(at) if *at == column)),
            Self::Constant(_) => false,
        }
    }
}

type OriginFault = (&'static str, &'static str, String);

fn origin(field: &FieldMapping, headers: &[String]) -> Result<Origin, OriginFault> {
    let find = |name: &str| {
        let wanted = clean_header(name);
        headers
            .iter()
            .position(|header| *header == wanted)
            .or_else(|| headers.iter().position(|header| header.eq_ignore_ascii_case(&wanted)))
    };
    match (&field.column, &field.template, &field.constant) {
        (Some(column), None, None) => find(column)
            .map(Origin::Column)
            .ok_or_else(|| ("column", "unknown_column", format!("the file has no column `{column}`"))),
        (None, None, Some(text)) => Ok(Origin::Constant(text.clone())),
        (None, Some(template), None) => {
            let mut pieces = Vec::new();
            let mut rest = template.as_str();
            while let Some(open) = rest.find('{') {
                let Some(length) = rest[open..].find('}') else {
                    return Err(("template", "invalid_template", "a brace is not closed".to_owned()));
                };
                let name = &rest[open + 1..open + length];
                let Some(at) = find(name) else {
                    return Err(("template", "unknown_column", format!("the file has no column `{name}`")));
                };
                pieces.push(Piece::Text(rest[..open].to_owned()));
                pieces.push(Piece::Column(at));
                rest = &rest[open + length + 1..];
            }
            pieces.push(Piece::Text(rest.to_owned()));
            Ok(Origin::Template(pieces))
        }
        _ => Err((
            "column",
            "conflict",
            "give exactly one of column, template and constant".to_owned(),
        )),
    }
}
