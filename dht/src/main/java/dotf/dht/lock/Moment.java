package dotf.dht.lock;

/**
 * What two clocks say, in milliseconds since any fixed moment before.
 *
 * @param steady by a monotonic clock, which may stand still while the machine sleeps: what was
 *     promised to others ends by it, rather too late than too early
 * @param elapsed by the clock that says that more time has passed, the monotonic one or that on the
 *     wall: what others promised is used by it, rather too short than too long
 */
public record Moment(long steady, long elapsed) {}
