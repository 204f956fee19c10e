import Notation
import Testing

@testable import vaultcli

@Suite struct FlagPageTests {
    @Test func pagesGoForwardAndEnd() throws {
        var page = FlagPage()
        #expect(page.query.isEmpty && page.isFirst)
        try page.goOn(after: "1000")
        #expect(page.query.map(\.value) == ["1000"] && !page.isFirst && !page.isOver)
        try page.goOn(after: JSON.integer(2_000))
        #expect(page.query.map(\.value) == ["2000"])
        try page.goOn(after: JSON.null)
        #expect(page.isOver)
    }

    @Test(arguments: ["1000", "999", "-1", "x", "", "99999999999999999999"])
    func pagesThatDoNotGoForwardAreAnError(next: String) {
        var page = FlagPage(after: 1_000)
        #expect(throws: Failure.self) { try page.goOn(after: next) }
    }
}
