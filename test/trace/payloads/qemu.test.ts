import { describe, expect, it } from 'vitest';
import { invalidationName, qemuRow } from '../../support/read-lines';

describe('emulated VT-d', () => {
  it('invalidations', () => {
    const pages = qemuRow('vtd_inv_desc_iotlb_pages', 'iotlb invalidate domain 0x3 addr 0xfffff000 mask 0x2')!;
    expect(pages).toMatchObject({ kind: 'QemuVtdInvalidate', domainId: 3, address: 0xfffff000, size: 4 * 4096 });
    const domain = qemuRow('vtd_inv_desc_iotlb_domain', 'iotlb invalidate whole domain 0x2')!;
    expect([invalidationName(domain), domain.domainId, domain.size]).toEqual(['Domain', 2, Infinity]);
    const global = qemuRow('vtd_inv_desc_iotlb_global', 'iotlb invalidate global')!;
    expect([invalidationName(global), global.size]).toEqual(['Global', Infinity]);
  });

  it('page walks: the mask is of the address; permission 0 is an unmap', () => {
    expect(
      qemuRow('vtd_page_walk_one', 'domain 0x3 iova 0xffe00000 -> gpa 0x7400000 mask 0x1fffff perm 3'),
    ).toMatchObject({
      kind: 'QemuVtdPageWalk',
      address: 0xffe00000,
      phys: 0x7400000,
      size: 0x200000,
      flags: ['On'],
    });
    expect(qemuRow('vtd_page_walk_one', 'domain 0x3 iova 0xfffff000 -> gpa 0x0 mask 0xfff perm 0')?.flags).toEqual([]);
    expect(qemuRow('vtd_page_walk_one_skip_map', 'iova 0xfffe0000 mask 0xfff translated 0x6c85000')).toMatchObject({
      kind: 'QemuVtdWalkSkip',
      phys: 0x6c85000,
    });
  });

  it('switches of address spaces', () => {
    expect(
      qemuRow('vtd_switch_address_space', 'Device 00:04.0 switching address space (iommu enabled=1)'),
    ).toMatchObject({ kind: 'QemuVtdSwitch', device: '00:04.0', flags: ['On'] });
    expect(qemuRow('vtd_dmar_enable', 'enable 0')).toMatchObject({ kind: 'QemuVtdSwitch', flags: [] });
    expect(qemuRow('vtd_as_unmap_whole', 'Device 00:04.0 start 0xfef00000 size 0xffff01100000')).toMatchObject({
      device: '00:04.0',
      address: 0xfef00000,
      size: 0xffff01100000,
    });
    expect(
      qemuRow(
        'vtd_replay_ce_valid',
        'legacy mode: replay valid context device 00:04.00 domain 0x3 hi 0x302 lo 0x5476001',
      ),
    ).toMatchObject({ device: '00:04.00', domainId: 3 });
  });
});

describe('VFIO', () => {
  it('notifications have inclusive ends', () => {
    expect(qemuRow('vfio_iommu_map_notify', 'iommu MAP @ 0xfffff000 - 0xffffffff')).toMatchObject({
      kind: 'QemuVfioMap',
      address: 0xfffff000,
      size: 4096,
    });
    expect(qemuRow('vfio_iommu_map_notify', 'iommu UNMAP @ 0x0 - 0xffff')).toMatchObject({
      kind: 'QemuVfioUnmap',
      size: 0x10000,
    });
    expect(qemuRow('vfio_iommu_map_notify', 'iommu OTHER @ 0x0 - 0xffff')).toBeNull();
  });

  it('regions: IOMMU or RAM, named or not', () => {
    expect(
      qemuRow('vfio_listener_region_add_iommu', 'region_add [iommu] vtd-04.0-dmar 0x0 - 0xfedfffff'),
    ).toMatchObject({
      kind: 'QemuVfioRegionAdd',
      device: 'vtd-04.0-dmar',
      address: 0,
      size: 0xfee00000,
      flags: ['On'],
    });
    expect(qemuRow('vfio_listener_region_add_iommu', 'region_add [iommu] 0xfef00000 - 0xffffffff')).toMatchObject({
      address: 0xfef00000,
    });
    expect(qemuRow('vfio_listener_region_del_iommu', 'region_del [iommu] vtd-04.0-dmar')).toMatchObject({
      kind: 'QemuVfioRegionDel',
      device: 'vtd-04.0-dmar',
      flags: ['On'],
    });
    expect(qemuRow('vfio_listener_region_add_ram', 'region_add [ram] 0x0 - 0xfffffff [0x7f8373e00000]')).toMatchObject({
      kind: 'QemuVfioRegionAdd',
      size: 0x10000000,
      flags: [],
    });
    expect(qemuRow('vfio_listener_region_del', 'region_del 0x0 - 0xbffff')).toMatchObject({
      kind: 'QemuVfioRegionDel',
    });
  });

  it('attached devices and iommufd calls', () => {
    expect(qemuRow('vfio_attach_device', ' (0000:00:04.0) group 1')).toMatchObject({
      device: '0000:00:04.0',
      detail: 1,
    });
    expect(
      qemuRow('iommufd_backend_map_dma', ' iommufd=10 ioas=2 iova=0x1000 size=0x2000 addr=0x7f00 readonly=0 (0)'),
    ).toMatchObject({ kind: 'QemuVfioOther', address: 0x1000, size: 0x2000 });
  });
});

describe('virtio-iommu', () => {
  it.each([
    [1, 'TO_DEVICE', []],
    [2, 'FROM_DEVICE', []],
    [3, 'BIDIRECTIONAL', []],
    [6, 'FROM_DEVICE', ['Mmio']],
  ])('map with flags %i', (access, direction, flags) => {
    expect(
      qemuRow(
        'virtio_iommu_map',
        `domain=2 virt_start=0xfffff000 virt_end=0xffffffff phys_start=0x6d23000 flags=${access}`,
      ),
    ).toMatchObject({
      kind: 'QemuViommuMap',
      domainId: 2,
      address: 0xfffff000,
      phys: 0x6d23000,
      size: 4096,
      direction,
      flags,
    });
  });

  it('unmap requests, and what was unmapped, which is counted only', () => {
    expect(qemuRow('virtio_iommu_unmap', 'domain=2 virt_start=0xffffd000 virt_end=0xffffdfff')).toMatchObject({
      kind: 'QemuViommuUnmap',
      domainId: 2,
      size: 4096,
    });
    expect(qemuRow('virtio_iommu_unmap_done', 'domain=2 virt_start=0xffffd000 virt_end=0xffffdfff')).toBeNull();
  });

  it('endpoints, memory regions, switches', () => {
    expect(qemuRow('virtio_iommu_attach', 'domain=0 endpoint=240')).toMatchObject({
      kind: 'QemuViommuAttach',
      domainId: 0,
      detail: 240,
    });
    expect(qemuRow('virtio_iommu_detach', 'domain=0 endpoint=240')).toMatchObject({ kind: 'QemuViommuDetach' });
    expect(
      qemuRow(
        'virtio_iommu_notify_map',
        'mr=virtio-iommu-memory-region-0-32 virt_start=0x0 virt_end=0xfff phys_start=0x1000 flags=3',
      ),
    ).toMatchObject({ kind: 'QemuViommuOther', device: 'virtio-iommu-memory-region-0-32', phys: 0x1000 });
    expect(
      qemuRow('virtio_iommu_switch_address_space', 'Device 00:04.0 switching address space (iommu enabled=1)'),
    ).toMatchObject({ kind: 'QemuViommuOther', flags: ['On'] });
  });
});
