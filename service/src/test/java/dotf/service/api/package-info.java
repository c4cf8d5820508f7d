@NullMarked
package dotf.service.api;

import org.jspecify.annotations.NullMarked;
