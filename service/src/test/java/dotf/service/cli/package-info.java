@NullMarked
package dotf.service.cli;

import org.jspecify.annotations.NullMarked;
