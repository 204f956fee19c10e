/// A day of the Gregorian calendar, counted before its introduction as well.
///
/// The conversion counts in years that begin on 1 March, so that the leap day is the last of its year, and in eras of
/// 400 years, which all have 146,097 days.
struct CivilDate: Hashable {
    /// The year; 0 is the year before year 1.
    let year: Int64
    /// The month, 1 to 12.
    let month: Int64
    /// The day of the month, 1 to 31.
    let day: Int64

    private static let daysPerEra: Int64 = 146_097
    // From 1 March of year 0 to 1 January 1970.
    private static let epochOffset: Int64 = 719_468

    /// Makes a date from its parts, or `nil` when the month has no such day or the year is outside 0 to 9999.
    init?(year: Int64, month: Int64, day: Int64) {
        guard (0...9_999).contains(year), (1...12).contains(month), day >= 1 else { return nil }
        guard day <= Self.daysIn(month: month, of: year) else { return nil }
        self.year = year
        self.month = month
        self.day = day
    }

    /// Makes the date a count of days after 1 January 1970.
    ///
    /// - Parameter days: The days, within what a count of seconds in 64 bits can reach; others are held to that.
    init(daysSinceEpoch days: Int64) {
        let reach = Int64.max / 86_400 + 1
        let shifted = min(max(days, -reach), reach) + Self.epochOffset
        let era = Self.floorDivide(shifted, by: Self.daysPerEra)
        let dayOfEra = shifted - era * Self.daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    /// The days from 1 January 1970 to this date.
    var daysSinceEpoch: Int64 {
        let marchYear = month <= 2 ? year - 1 : year
        let era = Self.floorDivide(marchYear, by: 400)
        let yearOfEra = marchYear - era * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return era * Self.daysPerEra + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - Self.epochOffset
    }

    /// The quotient rounded down, for a positive divisor.
    static func floorDivide(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }

    private static func daysIn(month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }
}
