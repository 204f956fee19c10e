import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct StateTests {
    private func state(_ document: String, _ definition: String = FlagWorld.threeColours) throws -> FlagState {
        try FlagState(
            json: try json(document), definition: try FlagDefinition(json: try json(definition)), salt: "given")
    }

    @Test(arguments: [
        #"{"on":true,"off_variation":"red","fallthrough":{"variation":"green"},"targets":[],"rules":[],"prerequisites":[],"sticky_by":"targetingKey","sticky_assignment":false,"hash":"blake2b","salt":"s1"}"#,
        #"{"on":false,"off_variation":"red","fallthrough":{"split":[{"variation":"red","weight":0},{"variation":"blue","weight":100000}]},"targets":[{"variation":"blue","keys":["u1","ü"],"kind":"user"},{"variation":"red","keys":[],"kind":"organization"}],"rules":[{"id":"r1","description":"words","if":[{"attribute":"/app/version","operator":"semver_less","values":["1.2.3-rc.1"],"negate":false},{"segment":"beta","negate":true},{"attribute":"age","operator":"in","values":[1.50,true,"x"],"negate":true},{"attribute":"a.b","operator":"exists","negate":false}],"serve":{"variation":"green"}}],"prerequisites":[{"flag":"other","variation":"on"}],"sticky_by":"organization.key","sticky_assignment":true,"hash":"blake2b","salt":"0123456789"}"#,
    ])
    func comesBackAsItWasWritten(document: String) throws {
        let read = try state(document)
        #expect(text(read.json) == document)
        #expect(text(try FlagState(json: read.json, definition: nil).json) == document)
    }

    @Test func fillsInWhatIsAbsent() throws {
        let read = try state("{}", #"{"type":"boolean"}"#)
        #expect(
            text(read.json)
                == #"{"on":false,"off_variation":"off","fallthrough":{"variation":"off"},"targets":[],"rules":[],"#
                + #""prerequisites":[],"sticky_by":"targetingKey","sticky_assignment":false,"hash":"blake2b","salt":"given"}"#
        )
        let ruled = try state(
            #"{"off_variation":"red","rules":[{"serve":{"variation":"red"}},{"id":"x","serve":{"variation":"red"}},{"serve":{"variation":"red"}}]}"#
        )
        #expect(ruled.rules.map(\.id) == ["r1", "x", "r3"])
    }

    @Test(arguments: [
        ("10", 10_000), ("0", 0), ("100", 100_000), ("0.001", 1), ("33.333", 33_333), ("12.5", 12_500), ("1e1", 10_000),
        ("10.000", 10_000), ("10.0000", 10_000), ("5E-1", 500),
    ])
    func readsPercentAsASplitAgainstTheOffVariation(percent: String, weight: Int) throws {
        let read = try state(#"{"off_variation":"red","fallthrough":{"percent":\#(percent),"variation":"blue"}}"#)
        #expect(
            text(read.json["fallthrough"])
                == #"{"split":[{"variation":"blue","weight":\#(weight)},{"variation":"red","weight":\#(100_000 - weight)}]}"#
        )
    }

    @Test(arguments: [
        (#"{}"#, "off_variation: is missing"),
        (#"{"off_variation":"pink"}"#, "off_variation: is not a variation of the flag"),
        (#"{"off_variation":"red","on":1}"#, "on: must be a boolean"),
        (#"{"off_variation":"red","On":true}"#, "On: is not a known member"),
        (#"{"off_variation":"red","salt":""}"#, "salt: must be 1 to 64 printable ASCII characters"),
        (#"{"off_variation":"red","salt":"a\nb"}"#, "salt: must be 1 to 64 printable ASCII characters"),
        (#"{"off_variation":"red","hash":"md5"}"#, "hash: must be one of blake2b"),
        (
            #"{"off_variation":"red","sticky_by":"a..b"}"#,
            "sticky_by: must be a JSON pointer or a dotted name of up to 16 names"
        ),
        (#"{"off_variation":"red","sticky_by":"$time"}"#, "sticky_by: must be an attribute of the context"),
        (#"{"off_variation":"red","fallthrough":{}}"#, "fallthrough.variation: is missing"),
        (
            #"{"off_variation":"red","fallthrough":{"variation":"pink"}}"#,
            "fallthrough.variation: is not a variation of the flag"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"split":[]}}"#,
            "fallthrough.split: the weights must sum to 100000 thousandths of a percent"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"split":[{"variation":"red","weight":99999}]}}"#,
            "fallthrough.split: the weights must sum to 100000 thousandths of a percent"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"split":[{"variation":"red","weight":100000}],"variation":"red"}}"#,
            "fallthrough.variation: cannot stand beside split"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"split":[{"variation":"red","weight":50000},{"variation":"red","weight":50000}]}}"#,
            "fallthrough.split[1].variation: is in the split twice"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"split":[{"variation":"red","weight":-1},{"variation":"blue","weight":100001}]}}"#,
            "fallthrough.split[0].weight: must be an integer from 0 to 100000"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"split":[{"variation":"red","weight":1e5}]}}"#,
            "fallthrough.split[0].weight: must be an integer from 0 to 100000"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"split":[{"variation":"pink","weight":100000}]}}"#,
            "fallthrough.split[0].variation: is not a variation of the flag"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"percent":10.0001,"variation":"blue"}}"#,
            "fallthrough.percent: must be a number from 0 to 100 with at most three decimals"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"percent":100.001,"variation":"blue"}}"#,
            "fallthrough.percent: must be a number from 0 to 100 with at most three decimals"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"percent":-1,"variation":"blue"}}"#,
            "fallthrough.percent: must be a number from 0 to 100 with at most three decimals"
        ),
        (
            #"{"off_variation":"red","fallthrough":{"percent":10,"variation":"red"}}"#,
            "fallthrough.variation: must not be the off variation, which the others get"
        ),
        (#"{"off_variation":"red","fallthrough":{"percent":10}}"#, "fallthrough.variation: is missing"),
        (#"{"off_variation":"red","targets":[{"keys":["a"]}]}"#, "targets[0].variation: is missing"),
        (#"{"off_variation":"red","targets":[{"variation":"red"}]}"#, "targets[0].keys: is missing"),
        (
            #"{"off_variation":"red","targets":[{"variation":"red","keys":["a",""]}]}"#,
            "targets[0].keys[1]: must be a string of 1 to 512 bytes"
        ),
        (
            #"{"off_variation":"red","targets":[{"variation":"red","keys":["a","b","a"]}]}"#,
            "targets[0].keys[2]: is in the list twice"
        ),
        (
            #"{"off_variation":"red","targets":[{"variation":"red","keys":["a"]},{"variation":"red","keys":["o"],"kind":"org"},{"variation":"blue","keys":["b","a"]}]}"#,
            "targets[2].keys[1]: is in an earlier target too"
        ),
        (
            #"{"off_variation":"red","targets":[{"variation":"pink","keys":["a"]}]}"#,
            "targets[0].variation: is not a variation of the flag"
        ),
        (
            #"{"off_variation":"red","rules":[{"id":"a","serve":{"variation":"red"}},{"id":"a","serve":{"variation":"red"}}]}"#,
            "rules[1].id: is the id of an earlier rule"
        ),
        (
            #"{"off_variation":"red","rules":[{"id":"a b","serve":{"variation":"red"}}]}"#,
            "rules[0].id: must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -"
        ),
        (#"{"off_variation":"red","rules":[{"if":[]}]}"#, "rules[0].serve: is missing"),
        (
            #"{"off_variation":"red","rules":[{"serve":{"variation":"red"}},{"serve":{"variation":"pink"}}]}"#,
            "rules[1].serve.variation: is not a variation of the flag"
        ),
        (#"{"off_variation":"red","prerequisites":[{"flag":"x"}]}"#, "prerequisites[0].variation: is missing"),
        (
            #"{"off_variation":"red","prerequisites":[{"flag":"x","variation":"a"},{"flag":"x","variation":"b"}]}"#,
            "prerequisites[1].flag: is in an earlier prerequisite too"
        ),
        (
            #"{"off_variation":"red","prerequisites":[{"flag":"x/y","variation":"on"}]}"#,
            "prerequisites[0].flag: must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -"
        ),
    ])
    func isRefusedWithTheFieldNamed(document: String, message: String) throws {
        let error = try #require(throws: ModelError.self) { try state(document) }
        #expect(error.description == message)
    }

    @Test(arguments: [
        (#"{"operator":"in","values":[1]}"#, "attribute: is missing"),
        (#"{"attribute":"a"}"#, "operator: is missing"),
        (#"{"attribute":"","operator":"exists"}"#, "attribute: must not be empty"),
        (
            #"{"attribute":"/a~2","operator":"exists"}"#,
            "attribute: must be a JSON pointer or a dotted name of up to 16 names"
        ),
        (#"{"attribute":"a","operator":"EQUALS","value":1}"#, "operator: is not a known operator"),
        (#"{"attribute":"a","operator":"not_not_in","value":1}"#, "operator: is not a known operator"),
        (#"{"attribute":"a","operator":"equals"}"#, "values: must have exactly one element"),
        (#"{"attribute":"a","operator":"equals","values":[1,2]}"#, "values: must have exactly one element"),
        (#"{"attribute":"a","operator":"equals","value":{"x":1}}"#, "value: must be a string, a number or a boolean"),
        (#"{"attribute":"a","operator":"in","values":[]}"#, "values: must have at least one element"),
        (
            #"{"attribute":"a","operator":"in","values":[1,2,[3]]}"#,
            "values[2]: must be a string, a number or a boolean"
        ),
        (#"{"attribute":"a","operator":"in","value":1,"values":[1]}"#, "values: cannot stand beside value"),
        (#"{"attribute":"a","operator":"contains","values":["x",1]}"#, "values[1]: must be a string"),
        (#"{"attribute":"a","operator":"starts_with","value":""}"#, "value: must not be empty"),
        (#"{"attribute":"a","operator":"less","value":"1"}"#, "value: must be a number"),
        (
            #"{"attribute":"a","operator":"before","value":"tomorrow"}"#,
            "value: must be an RFC 3339 date or seconds since 1970"
        ),
        (
            #"{"attribute":"a","operator":"semver_equals","values":["1.0.0","1.2"]}"#,
            "values[1]: must be a version by Semantic Versioning, such as 1.2.3 or 1.2.3-rc.1"
        ),
        (
            #"{"attribute":"a","operator":"cidr","value":"10.0.0.0/33"}"#,
            "value: must be an IPv4 or IPv6 range, such as 10.0.0.0/8 or 2001:db8::/32"
        ),
        (
            #"{"attribute":"a","operator":"matches","value":"(a)\\1"}"#,
            "value: is not a usable regular expression: back-references are not supported at offset 3"
        ),
        (
            #"{"attribute":"a","operator":"matches","value":"(?=a)"}"#,
            "value: is not a usable regular expression: look-around is not supported at offset 0"
        ),
        (#"{"attribute":"a","operator":"exists","values":[1]}"#, "values: must not be given for exists"),
        (#"{"attribute":"$time","operator":"equals","value":1}"#, "operator: must be before or after for $time"),
        (#"{"segment":"beta","operator":"in"}"#, "operator: cannot stand beside segment"),
        (#"{"segment":"a b"}"#, "segment: must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -"),
        (#"{"segment":"beta","negate":"yes"}"#, "negate: must be a boolean"),
        ("7", ": must be an object"),
    ])
    func refusesConditionsWithTheFieldNamed(condition: String, message: String) throws {
        let document =
            #"{"off_variation":"red","rules":[{"if":[{"segment":"x"},\#(condition)],"serve":{"variation":"red"}}]}"#
        let error = try #require(throws: ModelError.self) { try state(document) }
        let path = "rules[0].if[1]"
        #expect(error.description == (message.hasPrefix(":") ? path + message : "\(path).\(message)"))
    }

    @Test func needsASaltFromSomewhere() throws {
        let document = try json(#"{"off_variation":"red"}"#)
        let error = #expect(throws: ModelError.self) { try FlagState(json: document, definition: nil) }
        #expect(error?.description == "salt: is missing")
    }

    @Test func boundsItsParts() throws {
        let rules = { (count: Int) in
            [String](repeating: #"{"serve":{"variation":"red"}}"#, count: count).joined(separator: ",")
        }
        _ = try state(#"{"off_variation":"red","rules":[\#(rules(200))]}"#)
        #expect(throws: ModelError.self) { try state(#"{"off_variation":"red","rules":[\#(rules(201))]}"#) }
        let keys = { (count: Int) in (0..<count).map { #""k\#($0)""# }.joined(separator: ",") }
        _ = try state(#"{"off_variation":"red","targets":[{"variation":"red","keys":[\#(keys(10_000))]}]}"#)
        #expect(throws: ModelError.self) {
            try state(#"{"off_variation":"red","targets":[{"variation":"red","keys":[\#(keys(10_001))]}]}"#)
        }
        let conditions = { (count: Int) in
            [String](repeating: #"{"segment":"s"}"#, count: count).joined(separator: ",")
        }
        _ = try state(#"{"off_variation":"red","rules":[{"if":[\#(conditions(50))],"serve":{"variation":"red"}}]}"#)
        #expect(throws: ModelError.self) {
            try state(#"{"off_variation":"red","rules":[{"if":[\#(conditions(51))],"serve":{"variation":"red"}}]}"#)
        }
    }

    @Test func readsAliasesAndWritesThePlainOperator() throws {
        let cases = [
            (
                #"{"attribute":"a","operator":"not_in","values":[1]}"#,
                #"{"attribute":"a","operator":"in","values":[1],"negate":true}"#
            ),
            (
                #"{"attribute":"a","operator":"not_in","values":[1],"negate":true}"#,
                #"{"attribute":"a","operator":"in","values":[1],"negate":false}"#
            ),
            (#"{"attribute":"a","operator":"missing"}"#, #"{"attribute":"a","operator":"exists","negate":true}"#),
            (
                #"{"attribute":"a","operator":"greater_than","value":1}"#,
                #"{"attribute":"a","operator":"greater","values":[1],"negate":false}"#
            ),
            (
                #"{"attribute":"a","operator":"not_in_cidr","value":"::/0"}"#,
                #"{"attribute":"a","operator":"cidr","values":["::/0"],"negate":true}"#
            ),
        ]
        for (written, read) in cases {
            let state = try state(
                #"{"off_variation":"red","rules":[{"if":[\#(written)],"serve":{"variation":"red"}}]}"#)
            #expect(text(state.rules[0].conditions[0].json) == read)
        }
        for `operator` in ConditionOperator.allCases {
            let named = try #require(ConditionOperator.named("not_" + `operator`.rawValue))
            #expect(named.operator == `operator` && named.isNegated)
        }
    }
}
