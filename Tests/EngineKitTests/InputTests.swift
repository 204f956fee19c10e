import EngineKit
import Notation
import Testing

/// The table of weak decoding that Vault's clients rely on.
@Suite struct InputTests {
    private func input(_ value: String) throws -> Input {
        Input(members: try #require(try JSON(parsing: "{\"f\":\(value)}").objectValue))
    }

    @Test(arguments: [
        (#""text""#, "text"), ("12345678901234567890", "12345678901234567890"), ("1.0", "1.0"), ("true", "1"),
        ("false", "0"), ("null", ""),
    ])
    func textsComeFromScalars(value: String, text: String) throws {
        #expect(try input(value).string("f") == text)
    }

    @Test(arguments: [
        ("1", 1), (#""-7""#, -7), ("2.0", 2), ("1e3", 1000), (#""""#, 0), ("null", 0), ("true", 1),
        ("9223372036854775807", .max), ("-9223372036854775808", .min),
    ])
    func integersComeFromNumbersAndTexts(value: String, number: Int) throws {
        #expect(try input(value).int("f") == number)
    }

    @Test(arguments: [
        ("true", true), ("false", false), (#""true""#, true), (#""FALSE""#, false), (#""t""#, true), (#""f""#, false),
        (#""1""#, true), (#""0""#, false), ("1", true), ("0", false), ("-3", true), ("null", false), (#""""#, false),
    ])
    func booleansComeInManyForms(value: String, isTrue: Bool) throws {
        #expect(try input(value).bool("f") == isTrue)
    }

    @Test(arguments: [
        ("60", 60), (#""60""#, 60), (#""1h30m""#, 5400), (#""30d""#, 2_592_000), (#""1.5s""#, 1), ("null", 0),
        (#""500ms""#, 1), (#""1ns""#, 1), (#""0.2s""#, 1), (#""0s""#, 0),
        (#""""#, 0), ("0", 0),
    ])
    func durationsAreSeconds(value: String, seconds: Int) throws {
        #expect(try input(value).seconds("f") == seconds)
    }

    @Test func negativeDurationsAreRefusedUnlessAllowed() throws {
        for value in ["-1", #""-1s""#, #""-1h""#] {
            #expect(throws: EngineError.self) { try input(value).seconds("f") }
            #expect(try #require(try input(value).seconds("f", allowingNegative: true)) < 0)
        }
    }

    @Test(arguments: [
        (#""a,b , c""#, ["a", "b", "c"]), (#"["a"," b ","",1,true,null]"#, ["a", "b", "1", "1"]), (#""""#, []),
        ("null", []), ("[]", []), ("7", ["7"]), (#"",,""#, []), (#"["a,b"]"#, ["a,b"]),
    ])
    func listsComeFromArraysAndTexts(value: String, list: [String]) throws {
        #expect(try input(value).list("f") == list)
    }

    @Test(arguments: [
        (#"{"a":"b","n":1.0,"t":true,"z":null}"#, "a=b;n=1.0;t=true;z="), (#"["a=b","c=d=e"]"#, "a=b;c=d=e"),
        (#""a=b""#, "a=b"), (#""{\"a\":\"b\"}""#, "a=b"), ("null", ""), (#""""#, ""), ("{}", ""),
    ])
    func mapsComeInManyForms(value: String, pairs: String) throws {
        let map = try #require(try input(value).textMap("f"))
        #expect(map.map { "\($0.name)=\($0.value)" }.joined(separator: ";") == pairs)
    }

    @Test func objectsAreObjectsOrNull() throws {
        #expect(try input(#"{"a":1}"#).object("f")?.members.count == 1)
        #expect(try input("null").object("f")?.members.isEmpty == true)
        for value in ["[]", "1", #""{}""#, "true"] {
            #expect(throws: EngineError.self) { try input(value).object("f") }
        }
    }

    @Test func whatIsAbsentIsNil() throws {
        let input = Input.none
        #expect(!input.has("f"))
        #expect(try input.string("f") == nil)
        #expect(try input.int("f") == nil)
        #expect(try input.bool("f") == nil)
        #expect(try input.seconds("f") == nil)
        #expect(try input.list("f") == nil)
        #expect(try input.textMap("f") == nil)
        #expect(try input.object("f") == nil)
        #expect(try self.input("null").has("f"))
    }

    static let hostile = [
        "9223372036854775808", "-9223372036854775809", "1e30", "-1e30", "1e400", "0.5", #""NaN""#, #""inf""#,
        #""9223372036854775807h""#, #""-9223372036854775807h""#, #""1e5d""#, #""x""#, "[[]]", "[{}]", #"{"a":[]}"#,
        #""\#(String(repeating: "9", count: 100_000))""#, #""{""#, #"[1]"#, "\"\u{0663}\"",
    ]

    @Test(arguments: hostile)
    func wrongValuesAreToldWithoutBeingRepeated(value: String) throws {
        let input = try input(value)
        let attempts: [() throws -> Any?] = [
            { try input.string("f") }, { try input.int("f") }, { try input.bool("f") }, { try input.seconds("f") },
            { try input.list("f") }, { try input.textMap("f") }, { try input.object("f") },
        ]
        var refusals = 0
        for attempt in attempts {
            do {
                _ = try attempt()
            } catch EngineError.invalid(let messages) {
                refusals += 1
                #expect(messages.count == 1)
                #expect(
                    messages[0].hasPrefix("Field validation failed: error converting input for field \"f\": expected "))
                #expect(messages[0].utf8.count < 140)
            }
        }
        #expect(refusals >= 3)
    }
}

@Suite struct RealmTests {
    @Test func bytesComeBack() {
        let realm = Realm(high: 0x0102_0304_0506_0708, low: 0xfff0_0000_0000_0001)
        #expect(realm.bytes == [1, 2, 3, 4, 5, 6, 7, 8, 0xff, 0xf0, 0, 0, 0, 0, 0, 1])
        #expect(Realm(bytes: realm.bytes) == realm)
        #expect(Realm(bytes: realm.bytes.dropLast()) == nil)
        #expect(Realm(bytes: realm.bytes + [0]) == nil)
    }
}
