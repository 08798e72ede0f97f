# SPDX-License-Identifier: GPL-2.0
#
# Included by the top Makefile: the module's source handed to DKMS.

DKMS_SRC := /usr/src/dbgmem-$(VERSION)
DKMS_MODULE := -m dbgmem -v $(VERSION)

# whatever versions it has
dkms_remove = for d in /usr/src/dbgmem-*; do \
		[ -d $$d ] || continue; \
		m="-m dbgmem -v $${d\#/usr/src/dbgmem-}"; \
		[ -z "$$(dkms status $$m)" ] || dkms remove $$m --all || exit 1; \
		rm -rf $$d; \
	done

dkms-source:
	$(say) INSTALL "$(DESTDIR)$(DKMS_SRC)"
	$(Q)rm -rf $(DESTDIR)$(DKMS_SRC)
	$(Q)for f in $(KMOD_SRC); do \
		install -D -m 644 $$f $(DESTDIR)$(DKMS_SRC)/$$f || exit 1; \
	done
	$(Q)sed 's/@VERSION@/$(VERSION)/' kmod/dkms.conf.in \
		>$(DESTDIR)$(DKMS_SRC)/dkms.conf

# With DESTDIR= the source is installed and no more: the rest is what the
# package's own scripts do where it is unpacked. A module that install has put
# beside a kernel goes: modprobe would have two to choose from.
dkms-install: ## give the module to DKMS, which builds it for every kernel that is or comes
	$(Q)$(if $(DESTDIR),:,$(QEMU_DIR)/setup.sh dkms)
	$(Q)$(if $(DESTDIR),:,$(dkms_remove))
	$(Q)$(remove_modules)
	+$(Q)$(MAKE) --no-print-directory dkms-source
	$(Q)$(if $(DESTDIR),:,dkms add $(DKMS_MODULE))
	$(Q)$(if $(DESTDIR),:,for k in /lib/modules/*/build/Makefile; do \
		[ -e $$k ] || { echo "no kernel's headers are here: they bring the module with them"; continue; }; \
		k=$${k%/build/Makefile}; \
		dkms install $(DKMS_MODULE) -k $${k##*/} || exit 1; \
	done)

dkms-uninstall: ## take it out of DKMS, with all that was built
	$(Q)$(dkms_remove)

check-dkms: ## try dkms-install in a chroot, where kernels come and go (900 MB)
	$(Q)$(QEMU_DIR)/setup.sh kernel chroot
	$(Q)O='$(O)' selftests/dkms.sh

.PHONY: dkms-source dkms-install dkms-uninstall check-dkms
