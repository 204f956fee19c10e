import ConfigEngine
import EngineKit
import Testing

@Suite struct ConfigRecordTests {
    @Test func noTwoKindsShareANumber() {
        let kinds = [
            ConfigRecords.settings, ConfigRecords.keys, ConfigRecords.keyVersions, ConfigRecords.entries,
            ConfigRecords.entryVersions, ConfigRecords.head, ConfigRecords.changes,
        ]
        #expect(Set(kinds.map(\.id)).count == kinds.count)
    }
}
