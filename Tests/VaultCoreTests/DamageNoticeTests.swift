import Testing
@testable import VaultCore

@Suite struct DamageNoticeTests {
    @Test func oneFindingASecondIsTold() {
        let notices = DamageNotices()
        let start = ContinuousClock.now
        let told = [0, 1, 500, 999, 1_000, 1_001, 2_500].map { notices.take(at: start + .milliseconds($0)) }
        #expect(told == [0, nil, nil, nil, 3, nil, 1])
    }
}
