/** The command line: a thin client that sends commands and copies bytes. Doorway of picocli. */
@NullMarked
package dotf.service.cli;

import org.jspecify.annotations.NullMarked;
