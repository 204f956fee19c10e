import EngineKit
import FlagEngine
import Notation
import Testing

@Suite struct ContextTests {
    @Test func countsNothingAndNullAsEmpty() throws {
        #expect(String(decoding: try EvaluationContext(nil).canonicalJSON, as: UTF8.self) == "{}")
        #expect(String(decoding: try EvaluationContext(.null).canonicalJSON, as: UTF8.self) == "{}")
        #expect(try EvaluationContext(nil).targetingKeyText == nil)
    }

    @Test(arguments: [#""text""#, "[]", "1", "true"]) func isAnObject(body: String) throws {
        let error = #expect(throws: ContextError.self) { try context(body) }
        #expect(error == .notAnObject)
    }

    @Test func isBounded() throws {
        let deep = String(repeating: #"{"a":"#, count: 32) + "1" + String(repeating: "}", count: 32)
        _ = try context(deep)
        #expect(throws: ContextError.tooDeep) { try context(#"{"a":\#(deep)}"#) }
        let many = [String](repeating: "1", count: 9_998).joined(separator: ",")
        _ = try context(#"{"a":[\#(many)]}"#)
        #expect(throws: ContextError.tooLarge) { try context(#"{"a":[\#(many),1]}"#) }
        let long = String(repeating: "x", count: EvaluationContext.greatestSize)
        #expect(throws: ContextError.tooLarge) { try context(#"{"a":"\#(long)"}"#) }
    }

    @Test(arguments: [(#""u1""#, "u1"), ("7", "7"), ("7.50", "7.50"), ("true", "true"), ("null", nil), ("[]", nil)])
    func hasATargetingKey(value: String, key: String?) throws {
        #expect(try context(#"{"a":{"targetingKey":"inner"},"targetingKey":\#(value)}"#).targetingKeyText == key)
    }

    @Test func hasOneCanonicalForm() throws {
        let one = try context("{ \"b\" : {\"z\":1.0,\"é\":[true,null]} , \"a\":\"\\u0041\\n\" }")
        let other = try context("{\"a\":\"A\\n\",\"b\":{\"é\":[true,null],\"z\":1.0}}")
        let canonical = #"{"a":"A\n","b":{"z":1.0,"é":[true,null]}}"#
        #expect(String(decoding: one.canonicalJSON, as: UTF8.self) == canonical)
        #expect(one.digest == other.digest)
        #expect(try one.digest != context(#"{"a":"A\n","b":{"é":[true,null],"z":1}}"#).digest)
        // python3 -c "import hashlib; print(hashlib.blake2b('{\"a\":1}'.encode(), digest_size=32).hexdigest())"
        #expect(
            try context(#"{ "a": 1 }"#).digest.hexadecimal
                == "10a7ff3e312baec0c356be489739b93f63af84416c40f1c13023eb96c7ed50aa")
    }
}
