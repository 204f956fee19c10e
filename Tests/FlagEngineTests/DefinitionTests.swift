import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct DefinitionTests {
    @Test(arguments: [
        #"{"type":"boolean","variations":{"on":true,"off":false},"description":"d","owner":"o","tags":["a","b"],"kind":"ops","expires":"2027-01-01T00:00:00Z","docs":"https://x","client_visible":true,"record_exposures":true,"protected":true}"#,
        #"{"type":"integer","variations":{"a":1,"b":-9223372036854775808},"description":"","owner":"","tags":[],"kind":"release","expires":null,"docs":"","client_visible":false,"record_exposures":false,"protected":false}"#,
        #"{"type":"float","variations":{"a":1.0,"b":-0.50,"c":1e2,"d":2E-3},"description":"","owner":"","tags":[],"kind":"experiment","expires":null,"docs":"","client_visible":false,"record_exposures":false,"protected":false}"#,
        #"{"type":"object","variations":{"a":{"x":[1,2.50,{"y":null}]},"b":{}},"description":"","owner":"","tags":[],"kind":"permission","expires":null,"docs":"","client_visible":false,"record_exposures":false,"protected":false}"#,
        #"{"type":"string","variations":{"x.y_z:1-2":"é\n"},"description":"","owner":"","tags":[],"kind":"release","expires":null,"docs":"","client_visible":false,"record_exposures":false,"protected":false}"#,
    ])
    func comesBackAsItWasWritten(document: String) throws {
        #expect(text(try FlagDefinition(json: try json(document)).json) == document)
    }

    @Test func writesFloatsWithAFraction() throws {
        let definition = try FlagDefinition(json: try json(#"{"type":"float","variations":{"a":1,"b":-20,"c":1.50}}"#))
        #expect(definition.variations.map { text($0.value) } == ["1.0", "-20.0", "1.50"])
    }

    @Test func givesABooleanFlagOnAndOff() throws {
        let definition = try FlagDefinition(json: try json(#"{"type":"boolean"}"#))
        #expect(definition.variations.map(\.name) == ["on", "off"])
        #expect(definition.firstFalseVariation == "off")
    }

    @Test(arguments: [
        ("[]", "must be an object"),
        ("{}", "type: is missing"),
        (#"{"type":"number"}"#, "type: must be one of boolean, string, integer, float, object"),
        (#"{"type":1}"#, "type: must be one of boolean, string, integer, float, object"),
        (#"{"type":"boolean","colour":1}"#, "colour: is not a known member"),
        (#"{"type":"boolean","a b":1}"#, "has an unknown member at position 1"),
        (#"{"type":"string"}"#, "variations: is missing"),
        (#"{"type":"string","variations":[]}"#, "variations: must be an object"),
        (#"{"type":"string","variations":{}}"#, "variations: must have 1 to 100 members"),
        (
            #"{"type":"string","variations":{"a/b":"x"}}"#,
            "variations: the name at position 0 must be 1 to 128 of the characters A-Z a-z 0-9 . _ : -"
        ),
        (#"{"type":"string","variations":{"a":1}}"#, "variations.a: must be a string"),
        (#"{"type":"boolean","variations":{"a":"true"}}"#, "variations.a: must be a boolean"),
        (#"{"type":"boolean","variations":{"a":null}}"#, "variations.a: must be a boolean"),
        (
            #"{"type":"integer","variations":{"a":1.0}}"#,
            "variations.a: must be an integer of 64 bits, written without a fraction"
        ),
        (
            #"{"type":"integer","variations":{"a":1e3}}"#,
            "variations.a: must be an integer of 64 bits, written without a fraction"
        ),
        (
            #"{"type":"integer","variations":{"a":9223372036854775808}}"#,
            "variations.a: must be an integer of 64 bits, written without a fraction"
        ),
        (#"{"type":"float","variations":{"a":1e400}}"#, "variations.a: must be a number within the range of a double"),
        (#"{"type":"float","variations":{"a":"1.0"}}"#, "variations.a: must be a number within the range of a double"),
        (#"{"type":"object","variations":{"a":[1]}}"#, "variations.a: must be an object"),
        (#"{"type":"boolean","tags":["a",2]}"#, "tags[1]: must be a string of 1 to 64 bytes"),
        (#"{"type":"boolean","tags":["a","b","a"]}"#, "tags[2]: is in the list twice"),
        (#"{"type":"boolean","tags":"a"}"#, "tags: must be an array"),
        (#"{"type":"boolean","kind":"other"}"#, "kind: must be one of release, experiment, ops, permission"),
        (#"{"type":"boolean","expires":"2027-02-30T00:00:00Z"}"#, "expires: must be an RFC 3339 date and time"),
        (#"{"type":"boolean","protected":1}"#, "protected: must be a boolean"),
    ])
    func isRefusedWithTheFieldNamed(document: String, message: String) throws {
        let error = try #require(throws: ModelError.self) { try FlagDefinition(json: try json(document)) }
        #expect(error.description == message)
    }

    @Test func boundsNestingAndSizes() throws {
        let deep = String(repeating: #"{"a":"#, count: 32) + "1" + String(repeating: "}", count: 32)
        _ = try FlagDefinition(json: try json(#"{"type":"object","variations":{"x":\#(deep)}}"#))
        let deeper = #"{"type":"object","variations":{"x":{"a":\#(deep)}}}"#
        #expect(throws: ModelError.self) { try FlagDefinition(json: try json(deeper)) }
        let many = (0...100).map { #""v\#($0)":true"# }.joined(separator: ",")
        #expect(throws: ModelError.self) {
            try FlagDefinition(json: try json(#"{"type":"boolean","variations":{\#(many)}}"#))
        }
        let long = String(repeating: "x", count: ModelLimits.stringValueBytes + 1)
        #expect(throws: ModelError.self) {
            try FlagDefinition(json: try json(#"{"type":"string","variations":{"a":"\#(long)"}}"#))
        }
    }

    @Test func keepsItsTypeAndVariationsInUse() throws {
        let earlier = try FlagDefinition(json: try json(FlagWorld.threeColours))
        let other = try FlagDefinition(json: try json(#"{"type":"integer","variations":{"red":1}}"#))
        let fewer = try earlier.patched(with: try json(#"{"variations":{"blue":null}}"#))
        try fewer.check(replacing: earlier, variationsInUse: ["red", "green"])
        let type = #expect(throws: ModelError.self) { try other.check(replacing: earlier, variationsInUse: []) }
        #expect(type?.description == "type: cannot change; it is string")
        let used = #expect(throws: ModelError.self) { try fewer.check(replacing: earlier, variationsInUse: ["blue"]) }
        #expect(used?.description == "variations.blue: is in use and cannot be removed")
    }

    @Test(arguments: [
        ("checkout", true), ("a.b_c:d-9", true), (String(repeating: "k", count: 128), true), ("", false),
        (String(repeating: "k", count: 129), false), ("a/b", false), ("a b", false), ("é", false), ("a?", false),
        ("a%2F", false), ("a#", false), ("a\n", false),
    ])
    func hasAName(name: String, isValid: Bool) {
        #expect(DocumentName.isValid(name) == isValid)
    }
}

@Suite struct EnvironmentTests {
    @Test func comesBackAsItWasWritten() throws {
        let document = #"{"type":"production","order":3,"protected":true}"#
        #expect(text(try FlagEnvironment(json: try json(document)).json) == document)
        let short = try FlagEnvironment(json: try json(#"{"type":"test"}"#))
        #expect(text(short.json) == #"{"type":"test","order":0,"protected":false}"#)
    }

    @Test(arguments: [
        ("{}", "type: is missing"),
        (#"{"type":"prod"}"#, "type: must be one of development, test, staging, production"),
        (#"{"type":"test","order":-1}"#, "order: must be an integer from 0 to 10000"),
        (#"{"type":"test","x":1}"#, "x: is not a known member"),
    ])
    func isRefusedWithTheFieldNamed(document: String, message: String) throws {
        let error = try #require(throws: ModelError.self) { try FlagEnvironment(json: try json(document)) }
        #expect(error.description == message)
    }
}
