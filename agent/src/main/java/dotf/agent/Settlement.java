package dotf.agent;

import org.jspecify.annotations.Nullable;

/**
 * Whether anything is left to do now.
 *
 * @param settled every file is stored, freed or lingering, and none waits for copies
 * @param pending files still being worked on, or waiting for their quiet time
 * @param waiting files that wait for something outside: copies, space, a program that has them open
 * @param reason what they wait for, in words; null when settled
 */
public record Settlement(boolean settled, long pending, long waiting, @Nullable String reason) {}
