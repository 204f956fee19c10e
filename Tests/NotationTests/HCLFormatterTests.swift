import Testing

@testable import Notation

@Suite("HCL formatting")
struct HCLFormatterTests {
    private func format(_ text: String) throws -> String {
        String(decoding: try HCLFormatter.format(Array(text.utf8)), as: UTF8.self)
    }

    private static let untidy = """
        # the head


        path "a"{capabilities=["read","list"],
        comment="x" # why
             allowed_parameters={ "k"=[ "v" ]
         "long"=[] } }
        path "b" { }
        // last
        path "c" { list = [ 1, # one
          2 ]
          text = <<EOF
          kept
        EOF
        /* a
           b */
        }
        """

    @Test func layoutIsCanonicalAndKeepsComments() throws {
        let expected = """
            # the head

            path "a" {
              capabilities = ["read", "list"]
              comment      = "x" # why
              allowed_parameters = {
                "k"    = ["v"]
                "long" = []
              }
            }

            path "b" {}

            // last
            path "c" {
              list = [
                1,
                # one
                2,
              ]
              text = <<EOF
              kept
            EOF
              /* a
               b */
            }

            """
        #expect(try format(Self.untidy) == expected)
    }

    @Test(arguments: [
        untidy, "", "# only a comment", "a=1", "a { b { c { d = [[1,2],[{x=1}]] } } }", "a=1 b=2 ccc=3\n\n\nd=4",
        "a = [<<X\nt\nX\n, 2]", "x /* odd */ = /* place */ 1 // end", "a {\n\n\n b = 1\n\n\n}", "a = []\nb = {}\n",
        "p \"x\" { # first\n a = 1 }", "a = 1, b = 2,",
    ])
    func formattingTwiceIsFormattingOnceAndKeepsTheMeaning(_ text: String) throws {
        let once = try format(text)
        #expect(try format(once) == once)
        let before = try HCLDocument(parsing: Array(text.utf8)).body
        let after = try HCLDocument(parsing: Array(once.utf8)).body
        #expect(Self.withoutPlaces(before) == Self.withoutPlaces(after))
    }

    @Test func jsonComesBackUnchanged() throws {
        #expect(try format(#"{ "a":1 }"#) == #"{ "a":1 }"#)
    }

    private static func withoutPlaces(_ body: HCLBody) -> HCLBody {
        HCLBody(
            items: body.items.map {
                HCLItem(keys: $0.keys, value: withoutPlaces($0.value), line: 0, column: 0)
            })
    }

    private static func withoutPlaces(_ value: HCLValue) -> HCLValue {
        switch value {
        case .body(let body): .body(withoutPlaces(body))
        case .list(let values): .list(values.map { withoutPlaces($0) })
        default: value
        }
    }
}
