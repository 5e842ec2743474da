//! Inputs made to hurt: depth, width, expansion, size.

/// Each with its name.
pub fn inputs() -> Vec<(&'static str, Vec<u8>)> {
    let attributes: String = (0..20_000).map(|number| format!(" a{number}='1'")).collect();
    let entities: String = (0..30)
        .map(|number| format!("<!ENTITY e{} \"{}\">", number + 1, format!("&e{number};").repeat(10)))
        .collect();
    let controls =
        "<row><cell><control id='a' datafieldname='name' uniqueid='{1}'/></cell></row>".repeat(1500);
    let custom = "<customControl formFactor='1' name='X'><parameters><a>b</a></parameters></customControl>"
        .repeat(1500);
    let text = [
        ("deep elements", "<form>".repeat(100_000)),
        ("deep elements that close", format!("{}{}", "<filter>".repeat(20_000), "</filter>".repeat(20_000))),
        ("deep brackets", "[".repeat(100_000)),
        ("deep objects", "{\"a\":".repeat(50_000)),
        ("deep parentheses", format!("$filter={}name eq 'a'{}", "(".repeat(20_000), ")".repeat(20_000))),
        ("many negations", format!("$filter={}name eq 'a'", "not ".repeat(20_000))),
        ("many conditions", format!("$filter={}name eq 'a'", "name eq 'a' and ".repeat(10_000))),
        ("many elements", format!("<form><tabs>{}</tabs></form>", "<tab/>".repeat(60_000))),
        ("many attributes", format!("<fetch{attributes}><entity name='account'/></fetch>")),
        ("a long name", format!("<{0}><b/></{0}>", "n".repeat(500_000))),
        ("a long value", format!("<form><tabs><tab name='{}'>{}", "v".repeat(500_000), "<x/>".repeat(200))),
        ("expanding entities", format!("<!DOCTYPE form [<!ENTITY e0 \"lol\">{entities}]><form>&e30;</form>")),
        ("an unclosed comment", format!("<form><!--{}", "-".repeat(200_000))),
        ("an unclosed doctype", format!("<!DOCTYPE {}", "[".repeat(100_000))),
        ("only white space", " \n".repeat(100_000)),
        ("no byte of meaning", "\0".repeat(100_000)),
        (
            "one description for many controls",
            format!(
                "<form><controlDescriptions><controlDescription forControl='{{1}}'>{custom}</controlDescription>\
                 </controlDescriptions><tabs><tab><columns><column><sections><section><rows>{controls}</rows></section>\
                 </sections></column></columns></tab></tabs></form>"
            ),
        ),
        ("tests that use each other", doubling()),
        ("too large", " ".repeat((4 << 20) + 1)),
        ("a long number", format!("{{\"revenue\":{}}}", "9".repeat(200_000))),
        ("many parts", format!("--batch_1\r\n{}", "--batch_1\r\n".repeat(20_000))),
        ("many keys", format!("{{{}\"a\":1}}", "\"name\":null,".repeat(20_000))),
    ];
    text.into_iter().map(|(name, text)| (name, text.into_bytes())).collect()
}

/// A branch whose condition joins two conditions that each join the two before: every step doubles it.
fn doubling() -> String {
    let argument = |key: &str, text: &str| format!("<InArgument x:Key=\"{key}\">[{text}]</InArgument>");
    let activity = |class: &str, inner: &str| {
        format!(
            "<mxswa:ActivityReference AssemblyQualifiedName=\"Microsoft.Crm.Workflow.Activities.{class}, x\">{inner}\
             </mxswa:ActivityReference>"
        )
    };
    let arguments = |inner: &str| {
        format!("<mxswa:ActivityReference.Arguments>{inner}</mxswa:ActivityReference.Arguments>")
    };
    let collection = |inner: &str, more: &str| {
        format!(
            "<mxswa:ActivityReference.Properties><sco:Collection x:Key=\"Activities\">{inner}</sco:Collection>{more}\
             </mxswa:ActivityReference.Properties>"
        )
    };
    let mut steps = "<mxswa:GetEntityProperty Attribute=\"name\" Value=\"[v]\"/>".to_owned();
    let test = argument("Operand", "v") + "<InArgument x:Key=\"ConditionOperator\">NotNull</InArgument>";
    steps += &activity("EvaluateCondition", &arguments(&(test + &argument("Result", "c0"))));
    for number in 0..60 {
        let operator = if number % 2 == 0 { "Or" } else { "And" };
        let both =
            argument("LeftOperand", &format!("c{number}")) + &argument("RightOperand", &format!("c{number}"));
        let result = argument("Result", &format!("c{}", number + 1));
        let operator = format!("<InArgument x:Key=\"LogicalOperator\">{operator}</InArgument>");
        steps += &activity("EvaluateLogicalCondition", &arguments(&(both + &operator + &result)));
    }
    let id = "<x:String x:Key=\"StageId\">4d1f8a20-0001-4c00-8000-00000000a001</x:String>";
    let condition = activity("ConditionSequence", &collection(&steps, ""));
    let stage = activity("StageComposite", &collection(&condition, id));
    let entity = activity("EntityComposite", &collection(&stage, ""));
    format!("<Activity><mxswa:Workflow>{entity}</mxswa:Workflow></Activity>")
}
