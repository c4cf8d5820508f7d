/** The daemon, the local API, the command line. */
@NullMarked
package dotf.service;

import org.jspecify.annotations.NullMarked;
